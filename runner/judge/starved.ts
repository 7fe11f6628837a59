import type { GuestLoad } from '../console/cpu-meter.js'

// As measured on two cores, each guest as it passes:
//
//   guests on real time                    waited      longest stall
//   emulated, one at a time                0.1 - 1 %   1 - 10 ms
//   emulated, two at a time                7 - 10 %    12 - 23 ms
//   nested, one at a time                  5 - 8 %     11 - 29 ms
//   nested, two at a time                  9 - 11 %    33 - 35 ms
//   either, beside somebody else's work    15 - 55 %   21 - 281 ms
//   four at a time beside four busy loops  47 - 72 %   80 - 929 ms
//
// A guest that was starved is run again alone, which is far from both limits for one that is emulated.
/** The share of a guest's time without a CPU, 0 to 1, from which on it was starved. */
export const starvedShare = 0.1

// timer_irq_works() in arch/x86/kernel/apic/io_apic.c wants more than 4 of the 10 ticks in 40 ms: the loss of 24 ms is a panic.
const starvedStallMs = 25

// quick_pit_calibrate() in arch/x86/kernel/tsc.c gives up over a reading that took microseconds. Of a guest that hardly waited no sample
// shows so little; that somebody on this machine waited most of the time tells that it came about.
const crowdedShare = 0.5
const crowdedStallMs = 4

/**
 * Whether this machine kept a guest on real time waiting for a CPU so that its clocks may show it: for long altogether, for long
 * at a stretch, or for a moment while others crowded it. What could not be measured was not.
 */
export function wasStarved(load: GuestLoad | null): boolean {
  if (load === null) return false
  const { longestStallMs, pressure } = load
  const crowded = (pressure ?? 0) >= crowdedShare && longestStallMs >= crowdedStallMs
  return wasSlowed(load) || longestStallMs >= starvedStallMs || crowded
}

/** The same of a deadline of seconds, which a moment does not matter to. */
export function wasSlowed(load: GuestLoad | null): boolean {
  return load !== null && withoutCpu(load) >= starvedShare
}

/** The share of a guest's time, 0 to 1, in which it was ready to run and did not, whoever had its CPU. */
export function withoutCpu({ waited, stolen }: GuestLoad): number {
  return 1 - (1 - waited) * (1 - (stolen ?? 0))
}
