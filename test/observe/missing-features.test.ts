import t from 'tap'
import type { CpuDump } from '../../runner/cpuid/leaf.js'
import { formatMissing, missingFeatures } from '../../runner/observe/missing-features.js'

const warning = (place: string) =>
  `qemu-system-x86_64: warning: TCG doesn't support requested feature: ${place}\n`
const stderr = [
  'CPUID.01H:ECX.pcid [bit 17]',
  'CPUID.01H:ECX.x2apic [bit 21]',
  'CPUID.07H:EBX.invpcid [bit 10]',
  'CPUID.07H:EDX.amx-tile [bit 24]',
  'CPUID.80000001H:EDX.fxsr-opt [bit 25]',
  'CPUID.80000007H:EDX.invtsc [bit 8]',
  'CPUID.0DH:EAX.xsavec [bit 1]',
  'MSR(10AH).rdctl-no [bit 0]',
]
  .map(warning)
  .join('')

function found(properties: Record<string, unknown>, dumps: readonly CpuDump[] = []): string[] {
  return missingFeatures(properties, stderr, dumps).map(({ property }) => property)
}

t.test('a feature that was asked for and that QEMU lacks is missing', t => {
  const properties = { pcid: true, invtsc: 'on', x2apic: true, 'amx-tile': true, 'rdctl-no': true }
  t.same(found(properties).sort(), Object.keys(properties).sort())
  t.same(found({ fxsr_opt: true }), ['fxsr_opt'])
  t.same(found({ ffxsr: true }), ['ffxsr'])
  t.end()
})

t.test('what a model brings along, or is switched off, was not asked for', t => {
  t.same(found({}), [])
  t.same(found({ pcid: false, x2apic: 'off', erms: true }), [])
  t.same(missingFeatures({ pcid: true }, '', []), [])
  t.end()
})

t.test('a feature that the table shows all the same is there, if every vCPU shows it', t => {
  const none = { eax: 0, ebx: 0, ecx: 0, edx: 0 }
  const cpu = (leaf: number, subleaf: number, registers: object): CpuDump => ({
    cpu: 0,
    leaves: [{ leaf, subleaf, registers: { ...none, ...registers } }],
  })
  const shown = cpu(1, 0, { ecx: 1 << 17 })
  t.same(found({ pcid: true }, [shown]), [])
  t.same(found({ pcid: true }, [shown, cpu(1, 0, {})]), ['pcid'])
  t.same(found({ pcid: true }, [cpu(7, 0, { ecx: 1 << 17 })]), ['pcid'])
  t.same(found({ xsavec: true }, [cpu(0xd, 1, { eax: 2 })]), [])
  t.same(found({ xsavec: true }, [cpu(0xd, 0, { eax: 2 })]), ['xsavec'])
  t.end()
})

t.test("it is told with QEMU's own words", t => {
  t.same(missingFeatures({ pcid: true }, stderr, []).map(formatMissing), [
    "the CPU property pcid was asked for, and the guest does not have it: TCG doesn't support requested feature: CPUID.01H:ECX.pcid [bit 17]",
  ])
  t.end()
})
