import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { InputError } from '../errors.js'
import { cpuModels, cpuRefusal, type CpuRefusal } from '../launch/cpu-refusal.js'
import type { Qemu } from '../launch/qemu.js'
import { scenariosFolder } from '../paths.js'
import { planScenario, type PlanTarget } from '../plan/plan.js'
import { defaultModel } from '../scenario/cpu-schema.js'
import { nearest } from '../scenario/nearest.js'
import type { Scenario } from '../scenario/scenario.js'
import type { GuestPlace } from './guest-places.js'

/** A guest that is to be run, and what for. */
export interface AskedGuest {
  readonly scenario: Scenario
  readonly place: Pick<GuestPlace, 'accelerator' | 'qemu' | 'triedQemu'>
  readonly target: Omit<PlanTarget, 'accelerator' | 'qemuVersion'>
}

/**
 * Refuses CPUs that the QEMUs of their guests do not make: a model or a feature whose name is wrong is no matter of a guest's. The
 * catalogue's own are known to be made, and the nested host's QEMU is not asked.
 *
 * @throws InputError with one line for each
 */
export async function refuseCpus(
  guests: readonly AskedGuest[],
  signal: AbortSignal,
): Promise<void> {
  const lines = new Set<string>()
  for (const { scenario, place, target } of guests) {
    const { accelerator, qemu } = place
    if (accelerator === 'nested' || !mayBeRefused(scenario)) continue
    if ('skip' in planScenario(scenario, { ...target, ...place, qemuVersion: qemu.version }))
      continue
    const refusal = await cpuRefusal(qemu, accelerator, scenario.cpu, signal)
    if (refusal !== null) lines.add(await describe(scenario, qemu, refusal, signal))
  }
  if (lines.size > 0) throw new InputError([...lines].join('\n'))
}

function mayBeRefused({ cpu, file }: Scenario): boolean {
  const isPlain = cpu.model === defaultModel && Object.keys(cpu.properties).length === 0
  return !isPlain && dirname(file) !== scenariosFolder
}

/** The file is parsed again, for its lines, only where something is refused. */
async function describe(
  scenario: Scenario,
  qemu: Qemu,
  { path, said }: CpuRefusal,
  signal: AbortSignal,
): Promise<string> {
  const { locateField } = await import('../scenario/locate.js')
  const { file, name, cpu } = scenario
  const field = ['cpu', ...path]
  const text = await readFile(file, 'utf8').catch(() => null)
  const line = text === null ? null : locateField(text, scenario, field)
  const place = `${line === null ? file : `${file}:${line}`}: ${name}: ${field.join('.')}`
  if (path[0] === 'model') {
    const meant = nearest(cpu.model, await cpuModels(qemu, signal))
    const hint = meant.length === 0 ? '' : `; the nearest: ${meant.join(', ')}`
    return `${place}: expected a CPU model of QEMU ${qemu.version}, got \`${cpu.model}\`${hint}`
  }
  const value = cpu.properties[path[1] ?? '']
  const got = value === undefined ? '' : `, got \`${String(value)}\``
  return `${place}: expected what QEMU ${qemu.version} makes a CPU of${got}: ${said}`
}
