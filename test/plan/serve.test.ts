import t from 'tap'
import { registerNames } from '../../runner/cpuid/leaf.js'
import { isAble, asksForFeatures, serveTable } from '../../runner/plan/serve.js'
import { emulated } from '../fixtures/executable.js'
import { parseScenario } from '../fixtures/scenario.js'

function served(entries: string, executable: Parameters<typeof serveTable>[1] = emulated()) {
  const scenario = parseScenario(`hypervisor-leaves: listed\ncpuid:\n${entries}`)
  const { table, withheld, lacking } = serveTable(scenario, executable)
  const leaf = (number: number, subleaf: number | null = null) => {
    const edit = table.edits.find(each => each.leaf === number && each.subleaf === subleaf)
    const registers = edit?.registers
    return registers && registerNames.map(name => registers[name].set)
  }
  return { table, withheld, lacking, leaf }
}

const pcid = 1 << 17
const sse3 = 1

t.test('what the accelerator lacks is withheld where `able` is asked for, and named', t => {
  const { withheld, lacking, leaf } = served(
    `  - { leaf: 1, eax: 0x50654, ecx: ${pcid | sse3}, serve: able }\n` +
      '  - { leaf: 7, subleaf: 0, ebx: 0x10420, serve: able }\n',
  )
  t.same(withheld, ['avx512f', 'invpcid', 'pcid'])
  t.same(lacking, [])
  t.same(leaf(1), [0x50654, 0, sse3, 0])
  t.same(leaf(7, 0), [0, 0x20, 0, 0], 'AVX2 is left')
  t.end()
})

t.test('what is asked for exactly is shown, and said to be lacking', t => {
  const { withheld, lacking, leaf } = served(`  - { leaf: 1, ecx: ${pcid | sse3} }\n`)
  t.same(withheld, [])
  t.same(lacking, ['pcid'])
  t.same(leaf(1), [0, 0, pcid | sse3, 0])
  t.same(served(`  - { leaf: 1, ecx: ${sse3} }\n`).lacking, [])
  t.end()
})

t.test('an exact entry behind an able one shows what that withholds', t => {
  const { withheld, lacking, leaf } = served(
    `  - { leaf: 1, ecx: ${pcid}, serve: able }\n  - { leaf: 1, ecx: 0b1xxxxxxxxxxxxxxxxx }\n`,
  )
  t.same(withheld, ['pcid'])
  t.same(lacking, ['pcid'])
  t.same(leaf(1), [0, 0, pcid, 0])
  t.end()
})

t.test('bits that promise nothing to be executed are shown', t => {
  // The hypervisor bit, HTT, RDCL_NO's like, an invariant TSC, null selectors.
  const { withheld, lacking } = served(
    '  - { leaf: 1, ecx: 0x88000000, edx: 0x10000000, serve: able }\n' +
      '  - { leaf: 0x80000001, ecx: 0x400002, serve: able }\n' +
      '  - { leaf: 0x80000007, edx: 0x100, serve: able }\n' +
      '  - { leaf: 0x80000008, ebx: 0x24000000, serve: able }\n' +
      '  - { leaf: 0x80000021, eax: 0x20000041 }\n',
  )
  t.same(withheld, [])
  t.same(lacking, [])
  t.end()
})

t.test('a bit that nobody has named is withheld by its place', t => {
  const { withheld, leaf } = served('  - { leaf: 7, subleaf: 1, ecx: 0x80000000, serve: able }\n')
  t.same(withheld, ['0x00000007.1.ecx[31]'])
  t.same(leaf(7, 1), [0, 0, 0, 0])
  t.end()
})

t.test('leaves that hang on a feature go with it as a whole', t => {
  const { withheld, lacking, leaf } = served(
    '  - { leaf: 0xa, eax: 0x7300404, edx: 0x603, serve: able }\n' +
      '  - { leaf: 0x14, subleaf: 0, eax: 1, ebx: 0xf, serve: able }\n' +
      '  - { leaf: 0x1d, subleaf: 1, eax: 0x4002000, serve: able }\n' +
      '  - { leaf: 0x21, ebx: 0x65746e49, serve: able }\n' +
      '  - { leaf: 0x8000001f, eax: 2, ebx: 0x4173, serve: able }\n',
  )
  t.same(withheld, ['amx_tile', 'arch_perfmon', 'intel_pt', 'sev', 'tdx_guest'])
  t.same(lacking, [])
  for (const [number, subleaf] of [
    [0xa, null],
    [0x14, 0],
    [0x1d, 1],
    [0x21, null],
    [0x8000001f, null],
  ] as const) {
    t.same(leaf(number, subleaf), [0, 0, 0, 0], number.toString(16))
  }
  t.same(served('  - { leaf: 0xa, eax: 0x7300404 }\n').lacking, ['arch_perfmon'])
  t.end()
})

// Skylake-X: AVX, MPX, AVX512 and PKRU.
const skylake = `
  - { leaf: 0xd, subleaf: 0, eax: 0x2ff, ebx: 0xa88, ecx: 0xa88, serve: able }
  - { leaf: 0xd, subleaf: 1, eax: 0xf, ebx: 0xa08, ecx: 0x100, serve: able }
  - { leaf: 0xd, subleaf: 2, eax: 0x100, ebx: 0x240, serve: able }
  - { leaf: 0xd, subleaf: 3, eax: 0x40, ebx: 0x3c0, serve: able }
  - { leaf: 0xd, subleaf: 4, eax: 0x40, ebx: 0x400, serve: able }
  - { leaf: 0xd, subleaf: 5, eax: 0x40, ebx: 0x440, serve: able }
  - { leaf: 0xd, subleaf: 6, eax: 0x200, ebx: 0x480, serve: able }
  - { leaf: 0xd, subleaf: 7, eax: 0x400, ebx: 0x680, serve: able }
  - { leaf: 0xd, subleaf: 9, eax: 0x8, ebx: 0xa80, serve: able }
`

t.test('the components of XSAVE go with their features, and the sizes follow', t => {
  const { withheld, leaf } = served(skylake)
  t.same(withheld, ['avx512f', 'intel_pt', 'xsavec', 'xsaves'])
  t.same(leaf(0xd, 0), [0x21f, 0xa88, 0xa88, 0], 'PKRU is the last one')
  t.same(leaf(0xd, 1), [5, 0, 0, 0], 'no compacted format')
  t.same(leaf(0xd, 6), [0, 0, 0, 0])
  t.same(leaf(0xd, 9), [8, 0xa80, 0, 0])
  const smaller = skylake.replace('eax: 0x2ff', 'eax: 0xe7')
  t.same(served(smaller).leaf(0xd, 0), [7, 0x340, 0x340, 0], 'AVX is the last one')
  t.end()
})

t.test(
  'a component at another place than the accelerator has it is withheld, with its feature',
  t => {
    // PKRU of AMD: TCG writes it behind the area.
    const { withheld, leaf } = served(`
  - { leaf: 7, subleaf: 0, ecx: 0xc, serve: able }
  - { leaf: 0xd, subleaf: 0, eax: 0x207, ebx: 0x988, ecx: 0x988, serve: able }
  - { leaf: 0xd, subleaf: 2, eax: 0x100, ebx: 0x240, serve: able }
  - { leaf: 0xd, subleaf: 9, eax: 0x8, ebx: 0x980, serve: able }
`)
    t.same(withheld, ['pku'])
    t.same(leaf(7, 0), [0, 0, 4, 0])
    t.same(leaf(0xd, 0), [7, 0x340, 0x340, 0])
    t.same(leaf(0xd, 9), [0, 0, 0, 0])
    t.end()
  },
)

t.test('what needs a feature that is withheld is withheld, too', t => {
  // An AVX at another place: AVX2 and FMA need it.
  const { withheld } = served(`
  - { leaf: 1, ecx: 0x10001000, serve: able }
  - { leaf: 7, subleaf: 0, ebx: 0x20, serve: able }
  - { leaf: 0xd, subleaf: 0, eax: 7, ebx: 0x440, ecx: 0x440, serve: able }
  - { leaf: 0xd, subleaf: 2, eax: 0x100, ebx: 0x340, serve: able }
`)
  t.same(withheld, ['avx', 'avx2', 'fma'])
  t.end()
})

t.test('of a hypervisor that nothing answers for only its name is left', t => {
  const { withheld, lacking, leaf } = served(
    '  - { leaf: 0x40000000, eax: 0x40000001, signature: KVMKVMKVM, serve: able }\n' +
      '  - { leaf: 0x40000001, eax: 0x1000009, serve: able }\n',
  )
  t.same(withheld, ['kvm-clocksource', 'kvm-clocksource2', 'kvm-clocksource_stable_bit'])
  t.same(lacking, [])
  t.equal(leaf(0x40000000)?.[0], 0x40000001)
  t.same(leaf(0x40000001), [0, 0, 0, 0])
  t.end()
})

t.test('a hypervisor that kills by being there is not shown', t => {
  const { withheld, table } = served(
    '  - { leaf: 0x40000000, eax: 0x40000002, signature: XenVMMXenVMM, serve: able }\n' +
      '  - { leaf: 0x40000002, eax: 1, ebx: 0x40000000, serve: able }\n',
  )
  t.same(withheld, ['xen'])
  t.same(
    table.edits.map(({ registers }) => registers),
    [null, null],
  )
  t.end()
})

t.test('where nothing is known of the accelerator nothing is withheld', t => {
  const { withheld, lacking, leaf } = served(`  - { leaf: 1, ecx: ${pcid}, serve: able }\n`, null)
  t.same(withheld, [])
  t.same(lacking, [])
  t.same(leaf(1), [0, 0, pcid, 0])
  t.end()
})

t.test('the accelerator is asked only if a leaf of features is changed', t => {
  const asks = (cpuid: string) =>
    asksForFeatures(parseScenario(`hypervisor-leaves: listed\ncpuid: [${cpuid}]`))
  t.equal(asks('{ leaf: 7, ebx: 1 }'), true)
  t.equal(asks('{ leaf: 0x14, eax: 1 }'), true)
  t.equal(asks('{ leaf: 0x40000000, eax: 1 }'), false)
  t.equal(asks('{ leaf: 0x80000002, eax: 1 }'), false)
  t.equal(asks('{ leaf: 0x40000000, eax: 1, serve: able }'), true)
  t.end()
})

t.test('a leaf is served exactly unless stated, a dump without what lacks', t => {
  const steps = (entry: string) =>
    parseScenario(`hypervisor-leaves: listed\ncpuid: [${entry}]`).steps.map(isAble)
  const dump = (more: string) =>
    `{ dump: "0x00000001 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\\n0x40000000 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\\n"${more} }`
  t.same(steps('{ leaf: 1, eax: 1 }'), [false])
  t.same(steps(dump('')), [true, true])
  t.same(steps(dump(', serve: exact')), [false, false])
  t.same(steps(dump(', range: [0, 0x1f]')), [true])
  t.same(steps(dump(', range: [0x40000000, 0x4000ffff]')), [false], 'asked for by itself')
  const model = (yaml: string) => parseScenario(`hypervisor-leaves: listed\n${yaml}`).cpu.model
  t.equal(model(`cpuid: [${dump('')}]`), 'max')
  t.equal(model(`cpu: { model: EPYC-v1 }\ncpuid: [${dump('')}]`), 'EPYC-v1')
  t.equal(model(`cpuid: [${dump(', serve: exact')}]`), 'qemu64-v1')
  t.end()
})

t.test('a component of XSAVE that has no place in the dump is withheld with its feature', t => {
  const withPlace = (second: string) =>
    served(
      '  - { leaf: 1, ecx: 0x1c000000, serve: able }\n' +
        '  - { leaf: 0xd, remove: true, serve: able }\n' +
        '  - { leaf: 0xd, subleaf: 0, eax: 7, ebx: 0x340, ecx: 0x340, edx: 0, serve: able }\n' +
        second,
    )
  const placed =
    '  - { leaf: 0xd, subleaf: 2, eax: 0x100, ebx: 0x240, ecx: 0, edx: 0, serve: able }\n'
  t.same(withPlace(placed).withheld, [])
  for (const second of ['', placed.replace('0x100', '0').replace('0x240', '0')]) {
    const { withheld, leaf } = withPlace(second)
    t.same(withheld, ['avx'])
    t.same(leaf(0xd, 0)?.[0], 3, 'x87 and SSE are left')
  }
  t.end()
})

t.test('an invariant TSC of AMD’s promises an MSR, and one of Intel’s does not', t => {
  const of = (vendor: string) =>
    served(
      `  - { leaf: 0, eax: 16, vendor: ${vendor}, serve: able }\n` +
        '  - { leaf: 0x80000007, edx: 0x100, serve: able }\n',
    )
  for (const vendor of ['AuthenticAMD', 'HygonGenuine']) {
    t.same(of(vendor).withheld, ['constant_tsc'], vendor)
    t.same(of(vendor).leaf(0x80000007), [0, 0, 0, 0])
  }
  t.same(of('GenuineIntel').withheld, [])
  t.same(of('GenuineIntel').leaf(0x80000007), [0, 0, 0, 0x100])
  t.end()
})

t.test(
  'a crystal that the APIC’s timer does not count by is withheld, or said to be lacking',
  t => {
    const ratio = '{ leaf: 0x15, eax: 2, ebx: 216, ecx: 24000000'
    t.same(served(`  - ${ratio}, serve: able }\n`).withheld, ['crystal'])
    t.same(served(`  - ${ratio}, serve: able }\n`).leaf(0x15), [0, 0, 0, 0])
    t.same(served(`  - ${ratio} }\n`).lacking, ['crystal'])
    t.same(served('  - { leaf: 0x15, eax: 0, ebx: 0, ecx: 0 }\n').lacking, [])
    t.end()
  },
)

t.test('the sub-states of MWAIT that a kernel’s idle driver enters are withheld', t => {
  const leaf5 = '{ leaf: 5, eax: 0x40, ebx: 0x40, ecx: 3, edx: 0x42120'
  const { withheld, leaf } = served(`  - ${leaf5}, serve: able }\n`)
  t.same(withheld, ['mwait_substates'])
  t.same(leaf(5), [0x40, 0x40, 3, 0])
  t.same(served(`  - ${leaf5} }\n`).lacking, ['mwait_substates'])
  t.end()
})
