import * as z from 'zod'
import { fileIdentity } from '../cache/file-identity.js'
import { Memo } from '../cache/memo.js'
import type { Scenario } from '../scenario/scenario.js'
import { endedWithin } from './ended-within.js'
import { cpuArgument } from './machine-arguments.js'
import type { Qemu } from './qemu.js'
import { startQemu } from './qemu-process.js'
import { runTinyGuest } from './tiny-guest.js'

/** Why a QEMU makes no such CPU. */
export interface CpuRefusal {
  /** Below the scenario's `cpu`: `model`, or a property's name below `properties`; empty where it names neither. */
  readonly path: readonly string[]
  /** In QEMU's own words. */
  readonly said: string
}

const refusals = new Memo(
  'cpu-refusals',
  z.object({ path: z.array(z.string()).readonly(), said: z.string() }).nullable(),
)

const deadlineMs = 60_000

/**
 * Asks a QEMU whether it makes the CPU of a scenario, which takes a tenth of a second, once for each binary.
 *
 * @returns null if it does, or does not say
 * @throws the signal's reason
 * @throws EnvironmentError if guise's own part of it is not built
 */
export async function cpuRefusal(
  qemu: Qemu,
  accelerator: 'kvm' | 'tcg',
  cpu: Scenario['cpu'],
  signal?: AbortSignal,
): Promise<CpuRefusal | null> {
  const argument = cpuArgument(cpu)
  const key = [accelerator, await fileIdentity(qemu.path), argument].join(' ')
  const known = refusals.get(key)
  if (known !== undefined) return known.value
  const job = { machine: 'microvm', accelerator, cpu: argument, table: null } as const
  const { stderr, output, inTime } = await runTinyGuest(
    qemu,
    { ...job, items: ['0'], deadlineMs },
    signal,
  )
  const refusal = inTime && output === '' ? parseCpuRefusal(stderr) : null
  // What neither came up nor was refused has some other trouble, which the guest will show.
  if (refusal !== null || output !== '') await refusals.set(key, refusal)
  return refusal
}

/** What QEMU's last words say of its CPU (target/i386/cpu.c, hw/core/cpu-common.c); null where they say nothing of it. */
export function parseCpuRefusal(stderr: string): CpuRefusal | null {
  for (const line of stderr.split('\n')) {
    const said = line.replace(/^\S*qemu\S*: /, '').trim()
    if (/^unable to find CPU model/.test(said)) return { path: ['model'], said }
    const global = /^can't apply global \S+?-x86_64-cpu\.([^=\s]+)=[^:]*: (.*)$/.exec(said)
    if (global?.[1] !== undefined && global[2] !== undefined)
      return { path: ['properties', global[1]], said: global[2] }
    const bounds = /^(phys-bits) should be .*$/.exec(said)
    if (bounds?.[1] !== undefined) return { path: ['properties', bounds[1]], said }
  }
  return null
}

/** The CPU models that a QEMU lists; none where it does not say. */
export async function cpuModels(qemu: Qemu, signal?: AbortSignal): Promise<string[]> {
  const process = startQemu([...qemu.command, '-machine', 'none', '-cpu', 'help'])
  const { stdout } = await endedWithin(process, deadlineMs, signal)
  const [models = ''] = stdout.split('Recognized CPUID flags')
  return [...models.matchAll(/^(?:x86)?[ \t]+([\w.-]+)/gm)].map(([, name = '']) => name)
}
