/** Consecutive vCPUs, both ends in it. */
export interface CpuRange {
  readonly first: number
  readonly last: number
}

/** The runs of consecutive numbers in an ascending list. */
export function rangesOf(cpus: readonly number[]): CpuRange[] {
  const ranges: { first: number; last: number }[] = []
  for (const cpu of cpus) {
    const range = ranges.at(-1)
    if (range !== undefined && cpu === range.last + 1) range.last = cpu
    else ranges.push({ first: cpu, last: cpu })
  }
  return ranges
}

/** What the vCPUs of an entry may be given as: the text for messages. */
export const cpuGrammar = 'a vCPU (2), a list ([0, 2]) or a range ("4-7")'

/**
 * Reads which vCPUs something is for: one number, a list of numbers and ranges, or a range `"4-7"`.
 *
 * @returns them ascending, each once; null when `value` is none of these
 */
export function parseCpus(value: number | string | readonly (number | string)[]): number[] | null {
  const items = typeof value === 'object' ? value : [value]
  const cpus = new Set<number>()
  for (const item of items) {
    const [first, last] = ends(item)
    if (!(first <= last && last < mostCpus)) return null
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu)
  }
  return cpus.size === 0 ? null : [...cpus].sort((a, b) => a - b)
}

/** As many as the preloaded object tells apart (MAX_VCPUS in runner/native/override.h). */
export const mostCpus = 1024

function ends(item: number | string): readonly [number, number] {
  if (typeof item === 'number') return Number.isInteger(item) && item >= 0 ? [item, item] : nothing
  const match = /^(\d{1,4})-(\d{1,4})$/.exec(item)
  return match ? [Number(match[1]), Number(match[2])] : nothing
}

const nothing = [Number.NaN, Number.NaN] as const

/** `0`, `0 and 2`, `4 to 7`: vCPUs in words. */
export function cpusInWords(cpus: readonly number[]): string {
  const words = rangesOf(cpus).map(({ first, last }) =>
    first === last ? `${first}` : last === first + 1 ? `${first}, ${last}` : `${first}-${last}`,
  )
  return `${cpus.length === 1 ? 'CPU' : 'CPUs'} ${words.join(', ')}`
}
