import { Executable } from '../cpuid/executable.js'
import { fileIdentity } from '../cache/file-identity.js'
import { Memo } from '../cache/memo.js'
import type { Scenario } from '../scenario/scenario.js'
import {
  askedModel,
  executableItems,
  executableSchema,
  parseExecutable,
} from './executable-answers.js'
import { cpuArgument } from './machine-arguments.js'
import { probeKey } from './kvm-probe.js'
import type { Qemu } from './qemu.js'
import { runTinyGuest } from './tiny-guest.js'

const answers = new Memo('executable', executableSchema)

// A tenth of a second where nothing is amiss; on a busy host QEMU alone took ten seconds to start.
const deadlineMs = 60_000

/**
 * Learns what a guest of a scenario could execute in a QEMU of this machine, by what CPUID shows to a tiny guest: under KVM of QEMU's
 * model `max`; under TCG of the scenario's own model, for TCG refuses what that has not (s->cpuid_features and the like in QEMU's
 * target/i386/tcg/translate.c). It is remembered: of TCG for this very binary, of KVM for this boot of the host, this QEMU and these
 * modules.
 *
 * @returns null if the guest does not say; its QEMU, or that of the scenario's guest, says why
 * @throws the signal's reason
 * @throws EnvironmentError if guise's own part of it is not built
 */
export async function learnExecutable(
  qemu: Qemu,
  accelerator: 'kvm' | 'tcg',
  cpu: Scenario['cpu'],
  signal?: AbortSignal,
): Promise<Executable | null> {
  const model = accelerator === 'tcg' ? cpuArgument(cpu) : askedModel
  const place = accelerator === 'tcg' ? await fileIdentity(qemu.path) : probeKey(qemu)
  const key = [accelerator, place, qemu.version, model, ...executableItems].join(' ')
  const known = answers.get(key)
  if (known !== undefined) return new Executable(known.value)
  const job = { machine: 'microvm', accelerator, cpu: model } as const
  const question = { ...job, table: null, items: executableItems, deadlineMs }
  const leaves = parseExecutable((await runTinyGuest(qemu, question, signal)).output)
  if (leaves === null) return null
  await answers.set(key, leaves)
  return new Executable(leaves)
}
