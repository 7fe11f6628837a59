import { execa } from 'execa'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { packageRoot } from '../../runner/paths.js'
import { type Comparison, type Measured, measure } from './compare.js'
import { describeStarts, guestsInARow, openNestedBench } from './nested.js'
import { catalogueAgainst, lastRelease, openRelease } from './release.js'
import { smallKernelBench } from './small-kernel.js'

// Guise against the same QEMU commands without it and against its last release (the newest tag, or GUISE_BENCH_RELEASE), the small kernel against the stock one, the nested host against TCG. Needs a
// built checkout with a stock kernel in the cache, for which scripts/quickstart is enough; the small kernel is built where it is
// not there yet.

const guise = join(packageRoot, 'scripts', 'guise')
// A ratio's median needs the more pairs the nearer it is to its limit.
const pairs = Number(process.argv[2] ?? 9)
const eight =
  'vmware hyperv kvm-behind-hyperv kvm-no-features tcg bare-metal unknown-vendor kvm-last-base'.split(
    ' ',
  )

/** The commands that guise itself would run, as `--dry-run` prints them. */
async function bareCommands(scenarios: readonly string[]): Promise<string[]> {
  const { stdout } = await execa(guise, ['run', ...scenarios, '--accel', 'tcg', '--dry-run'])
  return stdout.split('\n')
}

async function bare(commands: readonly string[], atATime: number): Promise<void> {
  const limit = pLimit(atATime)
  await Promise.all(
    commands.map(command =>
      limit(() => execa('sh', ['-c', `exec ${command}`], { stdin: 'ignore' })),
    ),
  )
}

async function run(...words: string[]): Promise<void> {
  await execa(guise, ['run', ...words, '--accel', 'tcg', '--format', 'json'], { stdin: 'ignore' })
}

const one = await bareCommands(['vmware'])
const all = await bareCommands(eight)
const comparisons: readonly Comparison[] = [
  {
    name: '`guise list` / `node -e 0`',
    ours: () => execa(guise, ['list']),
    theirs: () => execa(process.execPath, ['-e', '0']),
    atMost: 4,
  },
  {
    name: '`guise list` with V8’s code cache / the bundle alone',
    ours: () => execa(guise, ['list']),
    theirs: () => execa(process.execPath, [join(packageRoot, 'dist', 'cli', 'guise.cjs'), 'list']),
    atMost: 1,
  },
  {
    name: 'one scenario / its bare QEMU command',
    ours: () => run('vmware'),
    theirs: () => bare(one, 1),
    atMost: 1.05,
  },
  {
    name: 'eight scenarios, two at a time / their bare QEMU commands, two at a time',
    ours: () => run(...eight, '--jobs', '2'),
    theirs: () => bare(all, 2),
    atMost: 1.1,
  },
]

let tooSlow = 0

/** Measures, says what came of it, and gives it. */
async function compare(comparison: Comparison, times: number): Promise<Measured> {
  const measured = await measure(comparison, times)
  const { ours, theirs, ratio } = measured
  const verdict = ratio <= comparison.atMost ? 'ok' : 'TOO SLOW'
  if (ratio > comparison.atMost) tooSlow += 1
  process.stdout.write(
    `${comparison.name}: ${ours.toFixed(0)} ms / ${theirs.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (at most ${comparison.atMost.toFixed(2)}, ${times} pairs): ${verdict}\n`,
  )
  return measured
}

for (const comparison of comparisons) await compare(comparison, pairs)
const revision = process.env.GUISE_BENCH_RELEASE ?? (await lastRelease())
if (revision === null) {
  process.stdout.write(
    'the last release: not measured; there is no tag of one (GUISE_BENCH_RELEASE=REVISION names another)\n',
  )
} else {
  await using release = await openRelease(revision)
  // Each side takes minutes.
  await compare(await catalogueAgainst(release, guise), Math.ceil(pairs / 9))
}
for (const comparison of await smallKernelBench((scenario, kernel) =>
  run(scenario, '--kernel', kernel),
)) {
  await compare(comparison, pairs)
}
{
  // A guest in there takes several times as long, and its ratios are further from their limits.
  const nestedPairs = Math.ceil(pairs / 3)
  await using bench = await openNestedBench()
  await compare(bench.guest, nestedPairs)
  const { ours, theirs } = await compare(bench.twoAtATime, nestedPairs)
  const perMinute = (ms: number) => ((guestsInARow * 60_000) / ms).toFixed(1)
  process.stdout.write(
    `guests a minute in the nested host: ${perMinute(theirs)} one at a time, ${perMinute(ours)} two at a time\n` +
      `the nested host's own start: ${describeStarts(bench)}; lost ${bench.losses()} times\n`,
  )
}
process.stdout.write('medians of interleaved pairs\n')
process.exitCode = tooSlow > 0 ? 1 : 0
