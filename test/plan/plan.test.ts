import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { planScenario, type PlanTarget, withFullConsole } from '../../runner/plan/plan.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import { parseScenario } from '../fixtures/scenario.js'

const kernel = { version: '6.1.176', config: new Map([['KVM_GUEST', 'y']]) }
const target: PlanTarget = { kernel, accelerator: 'tcg', qemuVersion: '7.2.22' }

function skipReason(yaml: string, changes: Partial<PlanTarget> = {}): string | null {
  const plan = planScenario(parseScenario(yaml), { ...target, ...changes })
  return 'skip' in plan ? plan.skip : null
}

t.test('skips say what is lacking', t => {
  t.match(skipReason('needs: { fidelity: kvm }'), /^needs fidelity kvm; tcg has fidelity cpuid/)
  t.equal(skipReason('needs: { fidelity: kvm }', { accelerator: 'nested' }), null)
  t.equal(skipReason('needs: { qemu: ">=8.0" }'), 'needs QEMU >=8.0; this is 7.2.22')
  t.equal(skipReason('kernel: { version: ">=6.12" }'), 'needs a kernel >=6.12; this is 6.1.176')
  t.equal(
    skipReason('kernel: { config: [KVM_GUEST, ACRN_GUEST] }'),
    "the kernel's configuration lacks CONFIG_ACRN_GUEST",
  )
  t.equal(skipReason('kernel: { config: [ACRN_GUEST|KVM_GUEST] }'), null, 'one of them is there')
  t.equal(
    skipReason('kernel: { config: [XEN_PVHVM|XEN_PVHVM_GUEST] }'),
    "the kernel's configuration lacks CONFIG_XEN_PVHVM or CONFIG_XEN_PVHVM_GUEST",
  )
  t.equal(
    skipReason('kernel: { config: [ACRN_GUEST] }', { kernel: { ...kernel, config: null } }),
    null,
    'an unknown configuration is no reason',
  )
  t.end()
})

t.test('a guest that is to fall silent in a function is not waited for as long', t => {
  const silence = (expect: string, changes: Partial<PlanTarget> = {}) => {
    const plan = planScenario(parseScenario(`expect: [${expect}]`), { ...target, ...changes })
    return 'skip' in plan ? plan.skip : plan.deadlines.silenceMs
  }
  t.equal(silence('{ outcome: hang, stuck-in: counts }'), 10_000)
  t.equal(silence('{ outcome: early-exception, died-in: divides }'), 10_000)
  t.equal(silence('{ outcome: hang }'), 30_000, 'one that names no function may be only slow')
  t.equal(silence('{ outcome: oops, died-in: divides }'), 30_000)
  t.equal(silence('{ hypervisor: none }'), 30_000)
  t.equal(silence('{ outcome: hang, stuck-in: counts }', { clock: 'real' }), 30_000)
  t.end()
})

t.test('where no expectation holds no guest is started, unless it is only to be seen', t => {
  const yaml = (when: string) => `expect: [{ when: ${when}, hypervisor: none }]`
  const kvmOnly = yaml('{ fidelity: kvm, kernel: "<5" }')
  t.equal(skipReason(kvmOnly), 'the scenario states no expectation for fidelity cpuid')
  t.equal(
    skipReason(kvmOnly, { accelerator: 'kvm' }),
    'the scenario states no expectation for kernel 6.1.176, QEMU 7.2.22, fidelity kvm and vendor AuthenticAMD',
  )
  t.equal(skipReason(kvmOnly, { unjudged: true }), null)
  t.equal(skipReason(yaml('{ fidelity: cpuid }')), null)
  t.match(
    skipReason(yaml('{ kernel: ">=6.12" }')),
    /^the scenario states no expectation for kernel/,
  )
  t.match(skipReason(yaml('{ vendor: GenuineIntel }')), /and vendor AuthenticAMD$/)
  t.end()
})

t.test('the channel goes where there is PCI, unless it is forced', t => {
  const channel = (yaml: string, changes: Partial<PlanTarget> = {}) => {
    const plan = planScenario(parseScenario(yaml), { ...target, ...changes })
    return 'skip' in plan ? null : plan.channel
  }
  t.equal(channel(''), 'shared-memory')
  t.equal(channel('machine: { type: microvm }'), 'serial')
  t.equal(channel('kernel: { cmdline: [pci=off] }'), 'serial')
  t.equal(channel('', { channel: 'serial' }), 'serial')
  t.match(
    skipReason('machine: { type: microvm }', { accelerator: 'nested' }),
    /second serial port/,
    'which the nested host does not carry',
  )
  t.match(
    skipReason('machine: { type: microvm, pic: off }'),
    /serial port, whose interrupt a microvm without a PIC does not have/,
  )
  t.equal(channel('machine: { type: microvm, pit: off }'), 'serial')
  t.end()
})

t.test('the vendor that the guest is shown', t => {
  const vendor = (yaml: string) => {
    const plan = planScenario(parseScenario(yaml), target)
    return 'skip' in plan ? null : plan.vendor
  }
  t.equal(vendor(''), 'AuthenticAMD')
  t.equal(vendor('cpu: { vendor: GenuineIntel }'), 'GenuineIntel')
  t.equal(vendor('cpuid: [{ leaf: 0, vendor: HygonGenuine }]'), 'HygonGenuine')
  t.equal(vendor('cpuid: [{ leaf: 0, eax: 0xd }]'), 'AuthenticAMD')
  t.end()
})

t.test('a model without a stated vendor has its own', t => {
  const vendor = (cpu: string, changes: Partial<PlanTarget> = {}) => {
    const plan = planScenario(parseScenario(`cpu: ${cpu}`), { ...target, ...changes })
    return 'skip' in plan ? plan : plan.vendor
  }
  t.equal(vendor('{ model: Skylake-Server-v4 }'), 'GenuineIntel')
  t.equal(vendor('{ model: Skylake-Server-v4, vendor: AuthenticAMD }'), 'AuthenticAMD')
  t.equal(
    vendor('{ model: qemu64, properties: { vendor: HygonGenuine } }'),
    'HygonGenuine',
    'as QEMU takes it, the property is the vendor',
  )
  t.equal(vendor('{ model: Haswell-noTSX-IBRS }', { accelerator: 'kvm' }), 'GenuineIntel')
  const ofIntel = { accelerator: 'kvm', hostVendor: 'GenuineIntel' } as const
  t.equal(vendor('{ model: EPYC }', ofIntel), 'AuthenticAMD')
  t.equal(vendor('{ model: max }', ofIntel), 'GenuineIntel', 'KVM’s best is this machine’s CPU')
  t.equal(vendor('{ model: max }', { ...ofIntel, accelerator: 'tcg' }), 'AuthenticAMD')
  t.equal(vendor('{ model: max }', { ...ofIntel, accelerator: 'nested' }), 'AuthenticAMD')
  t.equal(vendor('{ model: base }', ofIntel), null)
  t.equal(vendor('{ model: FooLake-v1 }'), null, 'one of a QEMU to come')
  t.same(vendor('{ model: FooLake-v1 }', { accelerator: 'nested' }), {
    skip: 'guise does not know the vendor of the CPU model FooLake-v1, and KVM gives it that of this machine: state cpu.vendor',
  })
  t.equal(vendor('{ model: FooLake-v1, vendor: GenuineIntel }', ofIntel), 'GenuineIntel')
  t.end()
})

t.test('no default parameter changes what is measured', t => {
  for (const scenario of loadScenarios(catalogueFiles(scenariosFolder))) {
    const plan = planScenario(scenario, { ...target, accelerator: 'kvm' })
    if ('skip' in plan) continue
    const given = plan.commandLine
      .split(' ')
      .filter(word => !scenario.kernel.cmdline.includes(word))
    for (const word of given) t.notMatch(word, /^(tsc|clocksource|no_timer_check|lpj|nopv)/)
    t.ok(given.includes('earlyprintk=ttyS0,115200'), scenario.name)
  }
  t.end()
})

t.test('every leaf that is edited is asked of the guest', t => {
  const plan = planScenario(parseScenario('cpuid: [{ leaf: 0x8fffffff, eax: 1 }]'), target)
  if ('skip' in plan) throw new Error(plan.skip)
  t.same(plan.extraLeaves, [{ first: 0x8fffffff, last: 0x8fffffff }])
  t.end()
})

t.test('a whole log is given the time that it takes, and silence its share of that', t => {
  const plan = planScenario(parseScenario('needs: { fidelity: kvm }'), {
    ...target,
    accelerator: 'kvm',
    totalMs: 120_000,
  })
  if ('skip' in plan) throw new Error(plan.skip)
  t.match(plan, { verbosity: 'quiet', deadlines: { silenceMs: 120_000, totalMs: 120_000 } })
  const full = withFullConsole(plan)
  t.match(full, { verbosity: 'full', deadlines: { silenceMs: 120_000, totalMs: 360_000 } })
  t.notMatch(full.commandLine, /\bquiet\b/)
  t.end()
})
