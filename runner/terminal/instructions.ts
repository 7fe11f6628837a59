const units = [
  { size: 1e9, name: 'G' },
  { size: 1e6, name: 'M' },
  { size: 1e3, name: 'k' },
] as const

/** A count of instructions to three digits: `1.41 G`, `537 M`, `20.8 k`, `12`. */
export function formatInstructions(count: number): string {
  // What rounds up to a thousand of one unit is one of the next.
  const unit = units.find(({ size }) => count >= size * 0.9995)
  return unit === undefined ? String(count) : `${(count / unit.size).toPrecision(3)} ${unit.name}`
}

/** How much more or less a count is than another one, in percent: `+3.2 %`, `-0.04 %`; `=` if it is the same to the last instruction. */
export function formatGrowth(before: number, now: number): string {
  if (now === before) return '='
  const percent = (now / before - 1) * 100
  const text = Math.abs(percent).toFixed(Math.abs(percent) < 1 ? 2 : 1)
  return `${percent < 0 ? '-' : '+'}${text} %`
}
