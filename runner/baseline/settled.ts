import type { GuiseRecord } from '../report/record-schema.js'

/**
 * Whether what a record says of the clocks is the kernel's last word. A guest that died says nothing that could still
 * change.
 */
export function isSettled({ outcome, clocksource }: GuiseRecord): boolean {
  return outcome !== 'reported' || (clocksource.settled && clocksource.current !== 'tsc-early')
}

// What changes while the clock sources settle: what the clocks are, who owns those in use, and what the kernel says of it.
const ofClocks =
  /^(?:clocksource|clockevent|interface (?:clock|timer|tsc-frequency)\.|mixed|log (?:clocksource|tsc|hpet\d*|kvm-clock)\b)/

/** The facts that do not hang on the clocks. */
export function withoutClocks(facts: readonly string[]): string[] {
  return facts.filter(fact => !ofClocks.test(fact))
}
