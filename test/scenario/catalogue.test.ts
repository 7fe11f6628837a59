import t from 'tap'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findQemu } from '../../runner/launch/qemu.js'
import { decodeSignature } from '../../runner/cpuid/signature.js'
import { hypervisorFirst, hypervisorLast } from '../../runner/cpuid/leaf.js'
import { leafLookup } from '../../runner/observe/leaf-lookup.js'
import { scenariosFolder } from '../../runner/paths.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import type { Scenario } from '../../runner/scenario/scenario.js'
import { parseScenario } from '../fixtures/scenario.js'

const catalogue = loadScenarios(catalogueFiles(scenariosFolder))

// KVM_FEATURE_PV_UNHALT and KVM_FEATURE_PV_SCHED_YIELD (arch/x86/include/uapi/asm/kvm_para.h): hypercalls that a kernel makes only
// where one vCPU happens to wait for another.
const unhalt = 1 << 7
const schedYield = 1 << 13

/** Whether the end of a guest without a KVM behind its leaves is a matter of chance. */
function dependsOnChance({ machine, needs, kernel, ...scenario }: Scenario): boolean {
  if (machine.cpus === 1 || needs.fidelity === 'kvm') return false
  const leaf = leafLookup(undefined, leafTable({ ...scenario, machine }))
  const chancy = kernel.cmdline.includes('nopvspin') ? schedYield : unhalt | schedYield
  for (let base = hypervisorFirst; base <= hypervisorLast; base += 0x100) {
    if (decodeSignature(leaf(base)) !== 'KVMKVMKVM') continue
    if ((leaf(base + 1).eax & chancy) !== 0) return true
  }
  return false
}

t.test('no end of a guest is left to chance', t => {
  t.same(
    catalogue.filter(dependsOnChance).map(({ name }) => name),
    [],
  )
  const with2 = (rest: string) =>
    parseScenario(
      `machine: { cpus: 2 }\nhypervisor-leaves: listed\ncpuid: [{ hypervisor: kvm, base: 0x40000100 }, { leaf: 0x40000101, eax: 0x80 }]\n${rest}`,
    )
  t.equal(dependsOnChance(with2('')), true, 'a kick that nobody answers')
  t.equal(dependsOnChance(with2('needs: { fidelity: kvm }')), false)
  t.equal(dependsOnChance(with2('kernel: { cmdline: [nopvspin] }')), false)
  t.end()
})

t.test('what needs KVM expects something of KVM', t => {
  const silent = catalogue.filter(
    ({ needs, expect }) =>
      needs.fidelity === 'kvm' && expect.every(({ when }) => when?.fidelity === 'cpuid'),
  )
  t.same(
    silent.map(({ name }) => name),
    [],
  )
  t.end()
})

const qemu = await findQemu().catch(() => null)
// Of another series some models are not here, or have other aliases.
const skip = qemu?.version.startsWith('7.2.') === true ? false : 'no QEMU 7.2 in PATH'

t.test('each CPU model that QEMU 7.2 lists is in the group of models', { skip }, async t => {
  const [program = '', ...options] = qemu?.command ?? []
  const { stdout } = await promisify(execFile)(program, [...options, '-cpu', 'help'])
  // An alias, such as Haswell-IBRS of Haswell-v3, is a second name.
  const listed = [...stdout.matchAll(/^x86 (\S+-v\d+) /gm)].map(([, name = '']) => name)
  t.ok(listed.length > 70, `${listed.length} models`)
  const models = catalogue
    .filter(({ groups }) => groups.includes('models'))
    .map(({ cpu }) => cpu.model)
  t.same(
    listed.filter(name => !models.includes(name)),
    [],
  )
  t.equal(new Set(models).size, models.length, 'each once')
})
