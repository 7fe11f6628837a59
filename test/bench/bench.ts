import { execa } from 'execa'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { packageRoot } from '../../runner/paths.js'
import { type Comparison, measure } from './compare.js'

// Guise against the same QEMU commands without it. Needs a built checkout with a stock kernel in the cache:
// scripts/quickstart makes both.

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
    name: 'one scenario / its bare QEMU command',
    ours: () => run('vmware'),
    theirs: () => bare(one, 1),
    atMost: 1.1,
  },
  {
    name: 'eight scenarios, two at a time / their bare QEMU commands, two at a time',
    ours: () => run(...eight, '--jobs', '2'),
    theirs: () => bare(all, 2),
    atMost: 1.1,
  },
]

let tooSlow = 0
for (const comparison of comparisons) {
  const { ours, theirs, ratio } = await measure(comparison, pairs)
  const verdict = ratio <= comparison.atMost ? 'ok' : 'TOO SLOW'
  if (ratio > comparison.atMost) tooSlow += 1
  process.stdout.write(
    `${comparison.name}: ${ours.toFixed(0)} ms / ${theirs.toFixed(0)} ms, ratio ${ratio.toFixed(2)} (at most ${comparison.atMost.toFixed(2)}): ${verdict}\n`,
  )
}
process.stdout.write(`medians of ${pairs} interleaved pairs\n`)
process.exitCode = tooSlow > 0 ? 1 : 0
