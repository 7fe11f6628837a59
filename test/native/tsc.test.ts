import t from 'tap'
import { overrideObject } from '../../runner/paths.js'
import { buildNative, runTiny, statusDone, statusRefused } from './tiny-guest.js'

await buildNative()

const virtual = ['-icount', 'shift=4,sleep=off']

/** What the tiny guest's loop takes by its TSC. */
async function cycles(rate: string | null, args: readonly string[]): Promise<number> {
  const env = rate === null ? {} : { LD_PRELOAD: overrideObject, GUISE_TSC: rate }
  const { status, stdout, stderr } = await runTiny({ accel: 'tcg', leaves: ['t'], args, env })
  if (status !== statusDone) throw new Error(`status ${status ?? 'none'}: ${stderr}`)
  return Number.parseInt(/^t ([\da-f]{8})$/m.exec(stdout)?.[1] ?? '', 16)
}

t.test('on virtual time the TSC counts at the rate that was asked for, exactly', async t => {
  const own = await cycles(null, virtual)
  t.equal(await cycles('virtual 1000000 1000000', virtual), own)
  for (const khz of [2_596_000, 500_000, 3_499_912]) {
    const scaled = await cycles(`virtual ${khz} 1000000`, virtual)
    // Two readings, each rounded down.
    t.ok(Math.abs(scaled - (own * khz) / 1_000_000) <= 1, `${scaled} of ${own} at ${khz} kHz`)
  }
})

// A machine that is busy may stop the guest in its loop, which is short otherwise: the middle one of several counts. At a
// hundred times the rate the 32 bits that the guest prints are full in 17 ms.
t.test('on real time it counts ten times as fast where it is told so', async t => {
  const usual = async (rate: string) => {
    const taken: number[] = []
    while (taken.length < 5) taken.push(await cycles(rate, []))
    return taken.toSorted((a, b) => a - b)[2] ?? NaN
  }
  const own = await usual('real 1000000 1000000')
  const fast = await usual('real 10000000 1000000')
  t.ok(fast > 4 * own, `${fast} and ${own}`)
})

for (const rate of ['', 'virtual', 'virtual 1000', 'virtual 0 1000', 'real 1000 0', 'real x y']) {
  t.test(`a rate that is none is refused: '${rate}'`, async t => {
    const env = { LD_PRELOAD: overrideObject, GUISE_TSC: rate }
    const { status, stderr } = await runTiny({ accel: 'tcg', leaves: ['0'], env })
    t.equal(status, statusRefused)
    t.match(stderr, /^guise: override: expected a TSC's rate/)
  })
}
