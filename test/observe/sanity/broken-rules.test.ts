import t from 'tap'
import { zeroRegisters } from '../../../runner/cpuid/leaf.js'
import { type LeafEdit, mapRegisters } from '../../../runner/cpuid/leaf-edit.js'
import { untouched, wholeValue } from '../../../runner/cpuid/register-edit.js'
import { encodeVendor } from '../../../runner/cpuid/signature.js'
import { cpuFactsOf } from '../../../runner/observe/cpu-facts.js'
import { brokenRules } from '../../../runner/observe/sanity/broken-rules.js'
import { twoThreads } from '../two-threads.js'

const nothing = { edits: [], absent: [] }
const leaf = (number: number, registers: object, subleaf = 0) => ({
  leaf: number,
  subleaf,
  registers: { ...zeroRegisters, ...registers },
})
const apic = 1 << 9
const untouchedLeaf = mapRegisters(() => untouched)

/** The CPUID of a vCPU with an APIC, SSE and AES; the second has AVX, as in {@link twoThreads}. */
const dump = (cpu: number, ...more: ReturnType<typeof leaf>[]) => ({
  cpu,
  leaves: [
    leaf(0x1, { ebx: cpu << 24, ecx: (1 << 25) | (cpu << 28), edx: apic | (1 << 25) | 1 }),
    leaf(0xb, { ebx: 1, edx: cpu }),
    ...more,
  ],
})

interface Seen {
  readonly files?: Readonly<Record<string, string>>
  readonly flags?: readonly string[]
  readonly cpus?: readonly ReturnType<typeof dump>[]
  readonly log?: readonly string[]
  readonly commandLine?: string
}

/** The rules that are broken, as `RULE: SHOWN`. */
function broken({ files = {}, flags = ['fpu', 'sse', 'aes'], ...seen }: Seen): string[] {
  const { cpus = [dump(0), dump(1)], log = [], commandLine = 'quiet' } = seen
  const cpu = cpuFactsOf(new Map([...twoThreads, ...Object.entries(files)]))
  const found = brokenRules({ facts: { cpu, flags }, cpus, log }, nothing, commandLine)
  return found.map(({ rule, shown }) => `${rule}: ${shown}`)
}

const folder = '/sys/devices/system/cpu'

t.test('a sane kernel', t => {
  t.same(broken({}), [])
  t.same(broken({ log: ['smp: Brought up 1 node, 2 CPUs', 'x86/fpu: WARNING in the middle'] }), [])
  t.end()
})

t.test('what the log must not have, each text once', t => {
  const warning = 'WARNING: CPU: 0 PID: 1 at kernel/sched/core.c:1 f+0x1/0x2'
  const bug = '[Firmware Bug]: CPU1: APIC id mismatch. Firmware: 1 APIC: 0'
  t.same(broken({ log: [warning, bug, warning] }), [`warning: ${warning}`, `firmware-bug: ${bug}`])
  t.end()
})

t.test('a firmware that the scenario plays may have its bugs', t => {
  const bug = { facts: { cpu: null, flags: [] }, cpus: [], log: ['[Firmware Bug]: a bug'] }
  const asked = (table: Parameters<typeof brokenRules>[1]) =>
    brokenRules(bug, table, '').map(({ mayBeAsked }) => mayBeAsked)
  const edit = { leaf: 0x40000000, subleaf: null, registers: null }
  t.same(asked(nothing), [false])
  t.same(asked({ ...nothing, edits: [edit] }), [false])
  t.same(asked({ ...nothing, edits: [{ ...edit, leaf: 0xb }] }), [true])
  t.same(asked({ ...nothing, absent: [{ first: 0x40000000, last: 0x4000ffff }] }), [false])
  t.same(asked({ ...nothing, absent: [{ first: 0x80000007, last: 0x80000007 }] }), [true])
  const warning = { ...bug, log: ['WARNING: CPU: 0'] }
  const ofWarning = (table: Parameters<typeof brokenRules>[1]) =>
    brokenRules(warning, table, '').map(({ mayBeAsked }) => mayBeAsked)
  t.same(ofWarning(nothing), [false])
  t.same(ofWarning({ ...nothing, edits: [{ ...edit, leaf: 0xb }] }), [true])
  t.end()
})

t.test('what is present is online', t => {
  const files = { [`${folder}/online`]: '0\n' }
  t.same(broken({ files }), ['offline-cpus: present 0-1, online 0'])
  const words = [
    ...['maxcpus=1', 'nosmp', 'nosmt=force', 'mitigations=auto,nosmt', 'mds=full,nosmt'],
    ...['l1tf=flush,nosmt', 'l1tf=full,force', 'retbleed=auto,nosmt', 'tsx_async_abort=full,nosmt'],
  ]
  for (const word of words) t.same(broken({ files, commandLine: `quiet ${word}` }), [], word)
  for (const word of ['xmaxcpus=1', 'l1tf=full', 'mds=full', 'mitigations=auto', 'x=nosmtx'])
    t.same(broken({ files, commandLine: word }).length, 1, word)
  for (const word of ['maxcpus=2', 'nr_cpus=16', 'possible_cpus=2'])
    t.same(broken({ files, commandLine: word }).length, 1, `${word} leaves none of two out`)
  const single = { ...files, [`${folder}/smt/control`]: 'notsupported\n' }
  t.same(
    broken({ files: single, commandLine: 'nosmt' }).length,
    1,
    'there is no thread to leave out',
  )
  t.end()
})

t.test('what the command line says or sets is no trouble of the kernel’s', t => {
  const echo = ['Command line: x=[Firmware Bug]:', 'Kernel command line: x=[Firmware Bug]:']
  t.same(broken({ log: echo }), [])
  const flags = ['fpu', 'sse', 'aes', 'gfni']
  t.match(broken({ flags }), [/^flag-without-bit: gfni/])
  t.same(broken({ flags, commandLine: 'setcpuid=gfni' }), [])
  t.same(broken({ flags, commandLine: 'setcpuid=520' }), [], 'whatever that is')
  t.same(broken({ flags, commandLine: 'setcpuid=vaes' }).length, 1, 'another one')
  t.end()
})

/** The second vCPU, with an APIC whose id leaf 1 says to be 4, and more leaves. */
const odd = (...more: ReturnType<typeof leaf>[]) => [
  dump(0),
  { cpu: 1, leaves: [leaf(0x1, { ebx: 4 << 24, ecx: 1 << 28, edx: apic }), ...more] },
]
const amd = leaf(0x0, encodeVendor('AuthenticAMD'))

t.test('the APIC id is the one of CPUID', t => {
  t.same(broken({ cpus: odd() }), ['apic-id: CPU 1: the kernel says 1, CPUID 4'])
  for (const [what, ...told] of [
    ['AMD’s own leaf', amd, leaf(0x8000001e, { eax: 1 })],
    ['AMD’s other one', leaf(0x80000026, { ebx: 1, edx: 1 })],
    ['Intel’s', leaf(0x1f, { ebx: 1, edx: 1 })],
  ] as const)
    t.same(broken({ cpus: odd(...told) }), [], `${what} is enough`)
  const absent = [leaf(0xb, { edx: 1 }), leaf(0x8000001e, { eax: 1 })]
  t.same(
    broken({ cpus: odd(...absent) }),
    ['apic-id: CPU 1: the kernel says 1, CPUID 4'],
    'a leaf that is not there, or another vendor’s, tells nothing',
  )
  const without = [dump(0), { cpu: 1, leaves: [leaf(0x1, { ebx: 4 << 24, ecx: 1 << 28 })] }]
  t.same(broken({ cpus: without }), [], 'without an APIC there is none')
  t.end()
})

t.test('an APIC id that the scenario states may be what breaks a rule', t => {
  const edx = wholeValue(4)
  const edit = { leaf: 0xb, subleaf: 0, registers: { ...untouchedLeaf, edx } }
  const facts = { cpu: cpuFactsOf(twoThreads), flags: [] }
  const asked = (edits: readonly LeafEdit[]) =>
    brokenRules({ facts, cpus: odd(), log: [] }, { edits, absent: [] }, '').map(
      ({ rule, mayBeAsked }) => [rule, mayBeAsked],
    )
  t.same(asked([]), [['apic-id', false]])
  t.same(asked([edit]), [['apic-id', true]])
  t.end()
})

t.test('siblings are both ways', t => {
  const lone =
    'physical_package_id=0\ndie_id=0\ncore_id=1\nthread_siblings_list=1\ncore_siblings_list=0-1'
  t.same(broken({ files: { [`${folder}/cpu1/topology`]: lone } }), [
    'siblings: siblings: CPU 0 has 0-1, CPU 1 1',
  ])
  const other = lone.replace('siblings_list=1', 'siblings_list=0')
  t.match(broken({ files: { [`${folder}/cpu1/topology`]: other } }), [
    'siblings: siblings: CPU 0 has 0-1, CPU 1 0',
    'siblings: CPU 1 is none of its own siblings, 0',
  ])
  const caches = twoThreads.get(`${folder}/cpu1/cache`)?.replaceAll('0-1', '1') ?? ''
  t.match(broken({ files: { [`${folder}/cpu1/cache`]: caches } }), [
    'siblings: L1 Data: CPU 1 shares 0-1, and 1',
    'siblings: L3 Unified: CPU 1 shares 0-1, and 1',
  ])
  t.end()
})

t.test('flags have their bits', t => {
  t.same(broken({ flags: ['fpu', 'aes', 'avx2', 'hw_pstate', 'no_such_flag'] }), [
    'flag-without-bit: avx2: clear is EBX bit 5 of leaf 0x7',
    'flag-without-bit: hw_pstate: clear is EDX bit 7 of leaf 0x80000007',
  ])
  t.same(broken({ flags: ['constant_tsc', 'rep_good', 'arat'] }), [], 'or are made up')
  const extended = dump(0, leaf(0x80000001, { edx: 1 }))
  t.same(broken({ flags: ['fpu'], cpus: [extended, dump(1)] }), [], 'either place is enough')
  t.same(broken({ flags: ['avx2'], cpus: [] }), [], 'unknown without the CPU’s dump')
  t.end()
})

t.test('and what they depend on, where CPUID offers that', t => {
  const avx = leaf(0x1, { ecx: 1 << 28, edx: 1 })
  const cpus = [{ cpu: 0, leaves: [avx, leaf(0x7, { ebx: 1 << 5 })] }]
  t.same(broken({ flags: ['avx2'], cpus }), [
    'flag-without-dependency: avx2 without avx, which CPUID offers',
  ])
  t.same(broken({ flags: ['avx', 'avx2'], cpus: cpus }), [])
  const none = [{ cpu: 0, leaves: [leaf(0x1, { edx: 1 }), leaf(0x7, { ebx: 1 << 5 })] }]
  t.same(broken({ flags: ['avx2'], cpus: none }), [], 'CPUID itself has no AVX')
  t.end()
})
