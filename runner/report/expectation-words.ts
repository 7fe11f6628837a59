import type { Expectation } from '../scenario/expectation-schema.js'
import type { Outcome } from '../scenario/outcome.js'
import type { Row } from './columns.js'
import { cpuExpectationWords } from './cpu-expectation-words.js'
import { inWords, linesOf, patternInWords, sayAll, type WordsFor } from './words.js'

const outcomeWords: Readonly<Record<Outcome, string>> = {
  reported: 'the guest comes up and reports',
  panic: 'the kernel panics',
  oops: 'the kernel dies of an oops',
  'early-exception': 'the kernel dies of an early exception',
  refused: 'the kernel refuses to start on this CPU',
  'firmware-hang': 'the firmware hangs, before any kernel',
  hang: 'the guest hangs',
  reset: 'the guest is reset without a word',
  'qemu-failed': 'QEMU fails',
  'kvm-error': 'KVM gives the guest up',
  timeout: 'the guest has neither reported nor died at its deadline',
}

const when: WordsFor<NonNullable<Expectation['when']>> = {
  kernel: range => [`the kernel is ${range}`],
  fidelity: fidelity => [`the fidelity is ${fidelity}`],
  vendor: vendor => [`the CPU is of ${vendor}`],
  qemu: range => [`QEMU is ${range}`],
}

const clocksource: WordsFor<NonNullable<Expectation['clocksource']>> = {
  current: name => [`the current one is ${name}`],
  includes: names => list(names, names.length === 1 ? 'is available' : 'are available'),
  excludes: names => list(names, names.length === 1 ? 'is not available' : 'are not available'),
}

const log: WordsFor<NonNullable<Expectation['log']>> = {
  has: patterns => patterns.map(pattern => `a line ${patternInWords(pattern)}`),
  lacks: patterns => patterns.map(pattern => `no line ${patternInWords(pattern)}`),
}

/** All that a rule expects; the condition and the reason stand above it. */
const words: WordsFor<Omit<Expectation, 'when' | 'why'>> = {
  outcome: outcome => [outcomeWords[outcome]],
  'died-in': name => [`it dies in ${name}()`],
  'stuck-in': name => [`it stays in ${name}()`],
  hypervisor: name => [
    name === 'none' ? 'the kernel detects no hypervisor' : `the kernel detects ${name}`,
  ],
  paravirt: name => [`it logs \`Booting paravirtualized kernel on ${name}\``],
  'sysfs-type': type => [
    type === 'none' ? 'there is no /sys/hypervisor/type' : `/sys/hypervisor/type says ${type}`,
  ],
  clocksource: expected => sayAll(clocksource, expected),
  offers: ids => phrase('the machine offers', ids),
  adopts: ids => phrase('the kernel takes up', ids),
  rejects: ids => phrase('the kernel leaves alone', ids),
  drivers: drivers => drivers.map(driverInWords),
  ...cpuExpectationWords,
  log: expected => sayAll(log, expected),
}

/** What a rule expects of the kernel, a row for each thing: the field, and what it means. */
export function expectationRows(expected: Expectation): Row[] {
  return linesOf(words, expected).map(({ field, line }) => ({ label: field, text: line }))
}

/** When a rule counts: `when the kernel is >=5.16-rc2`, `otherwise`, `in any case`. */
export function conditionInWords(
  { when: conditions }: Expectation,
  place: 'first' | 'later',
): string {
  const said = sayAll(when, conditions ?? {})
  if (said.length > 0) return `when ${inWords(said)}`
  return place === 'first' ? 'in any case' : 'otherwise'
}

function driverInWords({ device, class: code, driver }: Expectation['drivers'][number]): string {
  const what = [
    ...(device === undefined ? [] : [`device ${device}`]),
    ...(code === undefined
      ? []
      : [device === undefined ? `device of class ${code}` : `of class ${code}`]),
  ]
  return `each ${what.join(' ')} has ${driver === 'none' ? 'no driver' : `the driver ${driver}`}, and there is one`
}

function phrase(what: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${what} ${inWords(items)}`]
}

function list(items: readonly string[], what: string): string[] {
  return items.length === 0 ? [] : [`${inWords(items)} ${what}`]
}
