import { formatLoad } from '../judge/busy-machine.js'
import type { GuiseRecord } from '../record/schema.js'
import { formatInstructions } from '../terminal/instructions.js'

/** What it took for time, and on real time how busy this machine was, where it was measured. */
export function timeLines({ clock, clockWhy, accel, load }: GuiseRecord): string[] {
  if (clock === 'virtual') return ['on virtual time: a busy machine does not show in it']
  // Under KVM there is no other.
  const real = accel === 'tcg' && clockWhy ? [`on real time: ${clockWhy}`] : []
  if (load === null) return real
  return [...real, `${formatLoad(load)}${load.starved ? ': its clocks may show it' : ''}`]
}

/** What it was told of its TSC's frequency, and whether that is so; none where there is nothing of either. */
export function tscLines({ tsc, kernelTsc }: GuiseRecord): string[] {
  return [...kernelTscLines(kernelTsc), ...toldTscLines(tsc)]
}

function kernelTscLines(tsc: GuiseRecord['kernelTsc']): string[] {
  if (tsc == null) return []
  const { khz, refinedKhz, source } = tsc
  const refined = refinedKhz === null ? '' : `, refined to ${formatMhz(refinedKhz)}`
  return [
    `the kernel takes it to count ${formatMhz(khz)}, by ${source ?? 'what it does not say'}${refined}`,
  ]
}

function toldTscLines(tsc: GuiseRecord['tsc']): string[] {
  if (tsc == null) return []
  const told = tsc.told.map(({ leaf, khz }) => `${formatMhz(khz)} (${leaf})`).join(', ')
  const counts = tsc.counts === null ? 'at a rate that is not known' : `at ${formatMhz(tsc.counts)}`
  const verdict = tsc.true === null ? '' : tsc.true ? ': true' : ': untrue'
  return [
    `${told === '' ? 'told no frequency' : `told ${told}`}; it counts ${counts}${verdict}`,
    ...(tsc.why === null ? [] : [`not at what was asked for: ${tsc.why}`]),
  ]
}

function formatMhz(khz: number): string {
  return `${(khz / 1000).toFixed(3)} MHz`
}

/** What booting cost; none where it was not counted. */
export function costLines({ instructions }: GuiseRecord): string[] {
  if (instructions == null) return []
  const { firmware, unpacked, detected, init, report } = instructions
  const milestones = [
    { count: unpacked, name: 'its first line' },
    { count: detected, name: 'the line of its hypervisor' },
    { count: init, name: 'init' },
    { count: report, name: 'the end of the report' },
  ]
  const counts = milestones.flatMap(({ count, name }) =>
    count === null ? [] : [`${formatInstructions(count)} to ${name}`],
  )
  return [
    `instructions from the kernel’s beginning: ${counts.join(', ') || 'it came to no line of its own'}`,
    `of the firmware before it: ${formatInstructions(firmware)}`,
  ]
}
