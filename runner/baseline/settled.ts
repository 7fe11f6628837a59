import { clockGivenUp } from '../observe/kernel-trouble.js'
import type { GuiseRecord } from '../record/schema.js'
import type { Fact } from './fact.js'

/**
 * Whether what a record says of the clocks is the kernel's last word, and hangs on nothing but the kernel. A guest that died says
 * nothing that could still change.
 */
export function isSettled({ outcome, clock, tsc, clocksource, log }: GuiseRecord): boolean {
  if (outcome !== 'reported') return true
  return (
    clocksource.settled &&
    clocksource.current !== 'tsc-early' &&
    // Which clock is left then hangs on when the machine kept the guest waiting: not on virtual time, nor where the TSC does not
    // count at what the guest is told, so that giving it up is right.
    (clock === 'virtual' || tsc?.true === false || !log.some(line => clockGivenUp.test(line)))
  )
}

// What changes while the clock sources settle: what the clocks are, who owns those in use, and what the kernel says of it.
const kindsOfClocks: readonly string[] = [
  'clocksource current',
  'clocksource available',
  'clockevent',
  'mixed',
]
const interfaceOfClocks = /^(?:clock|timer|tsc-frequency)\./
const lineOfClocks = /^(?:clocksource|tsc|hpet\d*|kvm-clock)\b/

/** The facts that do not hang on the clocks. */
export function withoutClocks(facts: readonly Fact[]): Fact[] {
  return facts.filter(fact => !hangsOnClocks(fact))
}

function hangsOnClocks({ kind, id, value }: Fact): boolean {
  if (kind === 'interface') return interfaceOfClocks.test(id ?? '')
  if (kind === 'log') return lineOfClocks.test(value ?? '')
  return kindsOfClocks.includes(kind)
}
