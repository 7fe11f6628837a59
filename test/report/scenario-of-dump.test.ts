import t from 'tap'
import { parseDump } from '../../runner/cpuid/dump/parse.js'
import type { CpuDump } from '../../runner/cpuid/leaf.js'
import { encodeSignature, encodeVendor } from '../../runner/cpuid/signature.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { scenarioOfDump } from '../../runner/report/scenario-of-dump.js'
import { parseScenarioFile } from '../../runner/scenario/parse.js'
import { resolveScenario } from '../../runner/scenario/resolve.js'

const registers = (eax: number, others: { ebx?: number; ecx?: number; edx?: number } = {}) => ({
  eax,
  ebx: 0,
  ecx: 0,
  edx: 0,
  ...others,
})

/** An Intel CPU with the leaves of a hypervisor where `signature` is given; its features stand in the leaf behind the base. */
function machine(signature?: string, features: Readonly<Record<number, number>> = {}): CpuDump[] {
  const hypervisorBit = signature === undefined ? 0 : 0x80000000
  return [0, 1].map(cpu => ({
    cpu,
    leaves: [
      { leaf: 0, subleaf: 0, registers: registers(0xd, encodeVendor('GenuineIntel')) },
      {
        leaf: 1,
        subleaf: 0,
        registers: registers(0x306c3, { ebx: cpu << 24, ecx: hypervisorBit }),
      },
      { leaf: 4, subleaf: 0, registers: registers(0x1c004121) },
      { leaf: 4, subleaf: 1, registers: registers(0x1c004122) },
      ...(signature === undefined
        ? []
        : [
            {
              leaf: 0x40000000,
              subleaf: 0,
              registers: registers(0x4000000b, encodeSignature(signature)),
            },
          ]),
      ...Object.entries(features).map(([leaf, eax]) => {
        return { leaf: Number(leaf), subleaf: 0, registers: registers(eax) }
      }),
      { leaf: 0x80000002, subleaf: 0, registers: registers(0x656e6f, { ebx: 0 }) },
    ],
  }))
}

function imported(cpus: readonly CpuDump[], hypervisorLeaves = false) {
  const dump = { cpus, name: 'a-machine', source: 'a "machine".txt', hypervisorLeaves }
  const { yaml, unserved } = scenarioOfDump(dump)
  const { documents, problems } = parseScenarioFile(yaml, 'a.yaml')
  t.same(problems, [])
  const [located] = documents
  if (located === undefined) throw new Error(yaml)
  const resolved = resolveScenario(located, () => new Error('no files'))
  t.same(resolved.problems, [])
  return { yaml, unserved, scenario: resolved.scenario }
}

t.test('a whole machine: its CPUs, vendor, brand and leaves, and nothing of the model', t => {
  const cpus = machine()
  const { yaml, unserved, scenario } = imported(cpus)
  t.same(unserved, [])
  t.equal(scenario.name, 'a-machine')
  t.equal(scenario.summary, 'one, family 6, model 60, stepping 3, 2 CPUs')
  t.equal(scenario.source, 'a "machine".txt')
  t.match(scenario.cpu, { model: 'max', vendor: 'GenuineIntel' })
  t.equal(scenario.machine.cpus, 2)
  t.equal(scenario.hypervisorLeaves, 'listed')
  t.same(
    scenario.steps.flatMap(step => (step.kind === 'remove' ? [[step.first, step.last]] : [])),
    [
      [0, 0],
      [2, 0xffffffff],
    ],
    'leaf 1 keeps what the vCPU has of it: its APIC id',
  )
  t.equal(scenario.expect[0]?.hypervisor, 'none')
  t.same(parseDump(yaml.replace(/^ {6}/gm, '')).cpus, cpus, 'the dump stands in it as it was')
  t.end()
})

for (const [signature, title, kernel] of [
  ['KVMKVMKVM', 'KVM', { config: ['KVM_GUEST'], cmdline: [] }],
  ['VMwareVMware', 'VMware', { config: [], cmdline: [] }],
  ['XenVMMXenVMM', 'Xen HVM', { config: ['XEN_PVHVM|XEN_PVHVM_GUEST'], cmdline: ['nopv'] }],
  ['NobodyKnows', 'none', { config: [], cmdline: [] }],
] as const) {
  t.test(`of ${signature} the kernel is expected to say ${title}`, t => {
    const { scenario } = imported(machine(signature))
    t.equal(scenario.expect[0]?.hypervisor, title)
    t.match(scenario.kernel, kernel)
    t.end()
  })
}

t.test('a hypervisor that only some kernels take for one: no name is expected', t => {
  const { scenario } = imported(machine('Microsoft Hv'))
  t.match(scenario.expect, [{ outcome: 'reported' }])
  t.equal(scenario.expect[0]?.hypervisor, undefined)
  t.end()
})

t.test('features are left to the accelerator, and told', t => {
  const { scenario, unserved } = imported(machine('KVMKVMKVM', { 0x40000001: 0x1007efb }))
  const edit = leafTable(scenario).edits.find(({ leaf }) => leaf === 0x40000001)
  t.match(edit?.registers?.eax, { keep: 0, set: 0x1007efb })
  t.same(unserved, [
    '0x40000001 eax 0x01007efb: features of KVM, of which a guest is shown those alone that its accelerator answers',
  ])
  t.same(imported(machine('KVMKVMKVM', { 0x40000001: 0 })).unserved, [])
  t.end()
})

t.test('the features without which Hyper-V is none are shown, whoever answers', t => {
  const { scenario } = imported(machine('Microsoft Hv', { 0x40000003: 0x2e7f }))
  t.equal(scenario.expect[0]?.hypervisor, 'Microsoft Hyper-V')
  const last = scenario.steps.at(-1)
  t.match(last, { kind: 'edit', edit: { leaf: 0x40000003, registers: { eax: { set: 0x60 } } } })
  t.equal(last?.kind === 'edit' && last.edit.registers?.eax.keep, 0xffffff9f)
  t.end()
})

t.test('Xen is shown to a kernel that calls nobody; a Jailhouse, which kills any, is not', t => {
  const xen = imported(machine('XenVMMXenVMM'))
  t.match(xen.yaml, / {4}serve: able\n {2}- dump: \|\n[^-]*0x40000000[^-]* {4}serve: exact\n/)
  t.same(xen.unserved, [
    'Xen’s hypercalls are answered by a real one alone: with `nopv` the kernel detects it and makes none',
  ])
  const jailhouse = imported(machine('Jailhouse'))
  t.equal(jailhouse.scenario.expect[0]?.hypervisor, undefined)
  t.match(jailhouse.unserved[0], /^Jailhouse is not shown: /)
  t.end()
})

t.test('the hypervisor leaves alone, on a CPU of the same vendor', t => {
  const { scenario, yaml } = imported(machine('VMwareVMware', { 0x40000010: 2000000 }), true)
  t.same(
    leafTable(scenario).edits.map(({ leaf }) => leaf),
    [0x40000000, 0x40000010],
  )
  t.equal(scenario.cpu.vendor, 'GenuineIntel')
  t.equal(scenario.expect[0]?.hypervisor, 'VMware')
  t.notMatch(yaml, /0x00000001/)
  t.end()
})

t.test('a vendor or a brand that is none, and CPUs with gaps in their numbers', t => {
  const leaves = [
    { leaf: 0, subleaf: 0, registers: registers(1, { ebx: 1 }) },
    { leaf: 0x80000002, subleaf: 0, registers: registers(0x0a3a2000, { ebx: 0x1b }) },
  ]
  const { scenario } = imported([
    { cpu: 3, leaves },
    { cpu: 8, leaves },
  ])
  t.equal(scenario.cpu.vendor, undefined)
  t.match(scenario.summary, /family 0, model 0, stepping 0, 2 CPUs$/)
  t.same(
    parseDump(scenario.text.replace(/^ {6}/gm, '')).cpus.map(({ cpu }) => cpu),
    [0, 1],
  )
  t.end()
})
