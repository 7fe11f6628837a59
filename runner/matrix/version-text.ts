import { printable } from '../report/printable.js'
import { counted } from '../terminal/counted.js'
import { formatChange } from './change.js'
import type { Matrix } from './matrix.js'
import { byCpu, type VersionChange } from './version-wide.js'

/** What is new and gone with each version: flags and bugs by name, what is said of vulnerabilities in full. */
export function versionLines({ kernels, versionChanges }: Matrix): string[] {
  return kernels.flatMap(({ name }, index) =>
    byCpu(versionChanges[index] ?? []).flatMap(({ of, changes }) => [
      `with ${printable(name)}, ${printable(of)}:`,
      ...named('+', 'flag', changes),
      ...named('-', 'flag', changes),
      ...named('+', 'bug', changes),
      ...named('-', 'bug', changes),
      ...changes
        .filter(({ fact }) => fact.kind === 'vulnerability')
        .map(change => `  ${printable(formatChange(change))} (${counted(change.guests, 'guest')})`),
    ]),
  )
}

function named(
  sign: VersionChange['sign'],
  kind: 'flag' | 'bug',
  changes: readonly VersionChange[],
): string[] {
  const found = changes.filter(change => change.sign === sign && change.fact.kind === kind)
  if (found.length === 0) return []
  const names = found.map(({ fact, guests }) => `${fact.id ?? ''} (${counted(guests, 'guest')})`)
  return [`  ${sign} ${found.length === 1 ? kind : `${kind}s`} ${printable(names.join(', '))}`]
}
