import t from 'tap'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { decodeLeaf } from '../../runner/report/decode-leaf.js'
import { parseScenario } from '../fixtures/scenario.js'

/** What the leaves say, by their place. */
function said(...entries: string[]): Record<string, string[]> {
  const yaml = `machine: { cpus: 2 }\nhypervisor-leaves: listed\ncpuid: [${entries.join(', ')}]`
  const table = leafTable(parseScenario(yaml))
  return Object.fromEntries(
    table.edits.map(edit => {
      const subleaf = edit.subleaf === null ? '' : `.${edit.subleaf}`
      const cpus = edit.cpus === undefined ? '' : ` of ${edit.cpus.join()}`
      return [`${edit.leaf.toString(16)}${subleaf}${cpus}`, decodeLeaf(edit, table)]
    }),
  )
}

t.test('vendor and highest leaf', t => {
  t.same(said('{ leaf: 0, eax: 0x16, vendor: GenuineIntel }'), {
    0: ['vendor "GenuineIntel"', 'highest leaf 0x00000016'],
  })
  t.same(said('{ leaf: 0x80000000, eax: 0x80000008, vendor: AuthenticAMD }'), {
    80000000: ['vendor "AuthenticAMD"', 'highest leaf 0x80000008'],
  })
  t.same(said('{ leaf: 0x80000000, eax: 0x80000008, ebx: 0, ecx: 0, edx: 0 }'), {
    80000000: ['highest leaf 0x80000008'],
  })
  t.same(said('{ leaf: 0, ebx: 0x756e6547 }'), { 0: [] }, 'a part of it is no vendor')
  t.end()
})

t.test('signatures: whose they are, and of nobody', t => {
  t.same(said('{ leaf: 0x40000000, eax: 0x40000001, signature: KVMKVMKVM }'), {
    40000000: ['signature "KVMKVMKVM", that of KVM', 'highest leaf 0x40000001'],
  })
  t.same(said('{ leaf: 0x40000100, eax: 0x40000100, signature: KVMKVMKVX }')['40000100'], [
    'signature "KVMKVMKVX", which no probe of Linux knows',
    'highest leaf 0x40000100',
  ])
  t.same(said('{ leaf: 0x40000000, eax: 1, ebx: 0, ecx: 0, edx: 0 }')['40000000'], [
    'no signature',
    'highest leaf 0x00000001',
  ])
  t.end()
})

t.test('family, model and stepping in plain numbers', t => {
  t.same(said('{ leaf: 1, eax: 0x000306c3 }'), { 1: ['family 6, model 60, stepping 3'] })
  t.same(said('{ leaf: 1, eax: 0x00860f01 }'), { 1: ['family 23, model 96, stepping 1'] })
  t.same(said('{ leaf: 1, eax: 0b0011 }'), { 1: [] }, 'the stepping alone')
  t.end()
})

t.test(
  'features of the CPU by name: what is set, and what a change of single bits takes away',
  t => {
    t.same(said('{ leaf: 1, ecx: 0x80000001 }'), { 1: ['ecx: pni hypervisor'] })
    t.same(said('{ leaf: 1, ecx: 0b0xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1 }'), {
      1: ['ecx: pni; without hypervisor'],
    })
    t.same(said('{ leaf: 7, subleaf: 0, ebx: 0x80, edx: 0b1x0x }')['7.0'], [
      'ebx: smep',
      'edx: avx512_4fmaps; without sgx_keys',
    ])
    t.same(said('{ leaf: 7, subleaf: 1, eax: 0x10 }')['7.1'], ['eax: avx_vnni'])
    t.same(said('{ leaf: 0x80000001, edx: 0x20000000 }'), { 80000001: ['edx: lm'] })
    t.same(said('{ leaf: 0x80000008, ebx: 0x80 }'), {
      80000008: ['ebx: 0x80000008.0.ebx[7]'],
    })
    t.same(said('{ leaf: 5, edx: 0xff }'), { 5: ['edx: mwait_substates'] }, 'each name once')
    t.end()
  },
)

t.test('features of hypervisors by their own names, wherever the base is', t => {
  const hyperv = '{ leaf: 0x40000000, eax: 0x40000005, signature: Microsoft Hv }'
  t.same(said(hyperv, '{ leaf: 0x40000003, eax: 0x60, edx: 0x100 }')['40000003'], [
    'eax: HYPERCALL VP_INDEX',
    'edx: FREQUENCY_MSRS',
  ])
  const kvm = '{ leaf: 0x40000100, eax: 0x40000101, signature: KVMKVMKVM }'
  t.same(said(kvm, '{ leaf: 0x40000101, eax: 0x01000008, edx: 1 }')['40000101'], [
    'eax: CLOCKSOURCE2 CLOCKSOURCE_STABLE_BIT',
    'edx: HINTS_REALTIME',
  ])
  t.same(said('{ leaf: 0x40000101, eax: 8 }')['40000101'], [], 'nobody says whose they are')
  t.same(said(kvm, '{ leaf: 0x40000101, cpu: 1, eax: 8 }')['40000101 of 1'], ['eax: CLOCKSOURCE2'])
  t.end()
})

t.test('the name of a CPU, whole or in part', t => {
  const part = (leaf: number, text: string) => {
    const bytes = Buffer.alloc(16)
    bytes.write(text, 'latin1')
    const [eax, ebx, ecx, edx] = [0, 4, 8, 12].map(at => bytes.readUInt32LE(at))
    return `{ leaf: ${leaf}, eax: ${eax}, ebx: ${ebx}, ecx: ${ecx}, edx: ${edx} }`.replace(
      /leaf: \d+/,
      `leaf: 0x${leaf.toString(16)}`,
    )
  }
  const parts = [
    part(0x80000002, '  A CPU \x1b[31m   '),
    part(0x80000003, 'of many words, a'),
    part(0x80000004, ' name'),
  ]
  t.same(said(...parts), {
    80000002: ['name "A CPU \\x1b[31m of many words, a name"'],
    80000003: [],
    80000004: [],
  })
  t.same(said(parts[1] ?? ''), { 80000003: ['part of the name, "of many words, a"'] })
  t.end()
})

t.test('what leaves tell of the TSC', t => {
  t.same(said('{ leaf: 0x40000010, eax: 2000000 }'), {
    40000010: ['tells of a TSC of 2000000 kHz'],
  })
  const crystal = '{ leaf: 0x15, eax: 2, ebx: 200, ecx: 24000000 }'
  t.same(said(crystal), { 15: ['tells of a TSC of 2400000 kHz'] })
  t.end()
})

t.test('what is removed says nothing', t => {
  t.same(said('{ leaf: 0x80000007, remove: true }'), { 80000007: [] })
  t.end()
})
