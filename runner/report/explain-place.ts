import type { GuiseRecord } from '../record/schema.js'

const perLine = 4

/** Where a guest that ended without a word died or stays, in lines; none where it was not looked at. */
export function placeLines({ place, accel, outcome }: GuiseRecord): string[] {
  if (place == null) {
    const wordless = outcome === 'hang' || outcome === 'firmware-hang' || outcome === 'reset'
    return wordless && accel === 'nested'
      ? ['not seen: the nested host carries no registers out']
      : []
  }
  const { exception, function: name, where, rip, cpu, instruction, trace, seen, registers } = place
  const error = exception === null ? [] : [`${exception.name}, error code ${exception.error}`]
  const address = exception?.address == null ? [] : [`of the address ${exception.address}`]
  const shown = Object.entries(registers).map(([key, value]) => `${key} ${value}`)
  return [
    [...error, ...address, `${name ?? where} at ${rip}`, `CPU ${cpu}`].join(', '),
    ...(instruction === null ? [] : [`the instruction there: ${instruction}`]),
    ...(trace.length < 2 ? [] : [`its stack suggests, from the innermost: ${trace.join(', ')}`]),
    ...(seen.length < 2
      ? []
      : [`seen in ${seen.map(each => `${each.function} (${each.times})`).join(', ')}`]),
    ...Array.from({ length: Math.ceil(shown.length / perLine) }, (_, row) =>
      shown.slice(row * perLine, (row + 1) * perLine).join('  '),
    ),
  ]
}
