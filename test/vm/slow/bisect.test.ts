import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { execa } from 'execa'
import { distributionOf } from '../../../images/distribution/table.js'
import { bundleCli } from '../../fixtures/bundled-cli.js'
import { clockCommits, detectionCommits, factCommits } from './bisect-commits.js'
import { makeRepository } from './repository.js'

// Bisections over a repository made of Debian's source of 6.1 and some commits. The first kernel takes minutes to build.

const folder = mkdtempSync(join(tmpdir(), 'guise-bisect-'))
t.teardown(() => {
  rmSync(folder, { recursive: true, force: true })
})
const tree = join(folder, 'linux')
const [program, ...cli] = await bundleCli(t.testdir())
const source = await distributionOf('debian:6.1.192')?.fetchSource('debian:bookworm', {})
if (source === undefined) throw new Error('no source')
makeRepository(source, tree, {
  detection: detectionCommits,
  clock: clockCommits,
  facts: factCommits,
})

interface Ended {
  readonly status: number | undefined
  readonly signal: string | undefined
  readonly stdout: string
  readonly stderr: string
}

interface End {
  readonly until: RegExp
  readonly signal: 'SIGINT' | 'SIGKILL'
}

/** Runs guise; ends it by a signal once it says on stderr what `until` has. */
async function guise(words: readonly string[], end?: End): Promise<Ended> {
  const child = execa(program, [...cli, ...words], {
    reject: false,
    stdin: 'ignore',
    env: {
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_STATE_HOME: join(folder, 'state'),
      NODE_OPTIONS: undefined,
    },
  })
  if (end !== undefined) {
    let text = ''
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString()
      if (end.until.test(text)) child.kill(end.signal)
    })
  }
  const { exitCode, signal, stdout, stderr } = await child
  return { status: exitCode, signal, stdout, stderr }
}

/** Runs `guise bisect` from the commit before all others to a branch. */
async function bisect(branch: string, words: readonly string[], end?: End): Promise<Ended> {
  return guise(['bisect', '--tree', tree, '--good', 'base', '--bad', branch, ...words], end)
}

function git(...args: string[]): string {
  return execFileSync('git', ['-C', tree, ...args], { encoding: 'utf8' }).trim()
}

/** Processes that work in the test's folder. */
function leftOver(): string[] {
  const all = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  return all.filter(line => line.includes(folder) && /qemu-system|\bmake\b/.test(line))
}

const before = { head: git('rev-parse', 'HEAD'), branch: git('branch', '--show-current') }

t.test('a detection that breaks, among commits that neither build nor boot', async t => {
  const words = ['kvm-behind-hyperv', '--accel', 'tcg']
  const first = await bisect('detection', words, { until: /step 2,/, signal: 'SIGINT' })
  t.equal(first.status, 130)
  t.match(first.stderr, /the same command goes on from here/)
  t.same(leftOver(), [])

  const second = await bisect('detection', words, { until: /step 4,/, signal: 'SIGKILL' })
  t.equal(second.signal, 'SIGKILL')
  t.match(second.stderr, /going on with the bisection/)
  t.match(second.stderr, /good: .* \(known from before\)/)
  t.notMatch(second.stderr, /step 1,/)

  const { status, stdout, stderr } = await bisect('detection', words)
  t.equal(status, 0, stderr.slice(-2000))
  t.notMatch(stderr, /step 3,/)
  t.match(stdout, /^[0-9a-f]{12} \("kvm: only the first base counts"\) is the first commit/)
  t.match(stdout, /^ {2}hypervisor: KVM -> Microsoft Hyper-V$/m)
  t.match(stdout, /^ {2}skip .*it fails otherwise: Kernel panic - not syncing: it breaks/m)
  t.match(stdout, /^ {2}before {2}KVM; /m)
  t.match(stdout, /^ {2}after {3}Microsoft Hyper-V; /m)
  t.match(stdout, /^ {4}Bisected to: [0-9a-f]{12} \("kvm: only the first base counts"\)$/m)
  t.match(stdout, /^ {4}Reported-by: A Tester <tester@example\.org>$/m)
  const kept = / (\S+)$/.exec(stderr.trim())?.[1] ?? ''
  t.ok(existsSync(join(kept, 'bisect.json')))
  t.match(readFileSync(join(kept, 'bisect.log'), 'utf8'), /^# first bad commit: /m)
  t.equal(readFileSync(join(kept, 'report.txt'), 'utf8').trimEnd(), stdout.trimEnd())

  const again = await bisect('detection', words)
  t.equal(again.status, 0, 'what is known is told at once')
  t.equal(again.stdout, stdout)
  t.notMatch(again.stderr, /building/)
})

t.test('no failure, but another clock source, before commits that do not build', async t => {
  const { status, stdout, stderr } = await bisect('clock', ['hyperv', '--accel', 'tcg'])
  t.equal(status, 0, stderr.slice(-2000))
  t.match(stdout, /^[0-9a-f]{12} \("acpi_pm: a better rating"\) is the first commit/)
  t.match(stdout, /^ {2}clocksource current: hpet -> acpi_pm$/m)
  t.match(stdout, /^ {2}skip .*\("nothing 9"\): it does not build: .*vmware\.c:/m)
})

t.test('a flag, and a vulnerability, each where it was asked for', async t => {
  const flag = await bisect('facts', [
    'vendor-amd-10h',
    '--accel',
    'tcg',
    '--until',
    'flag=rep_good',
  ])
  t.equal(flag.status, 0, flag.stderr.slice(-2000))
  t.match(flag.stdout, /^[0-9a-f]{12} \("amd: rep_good from family 0x11 on"\) is the first commit/)
  const name = 'vulnerability spectre_v2'
  const words = await bisect('facts', ['vendor-amd-10h', '--accel', 'tcg', '--until', name])
  t.equal(words.status, 0, words.stderr.slice(-2000))
  t.match(words.stdout, /^[0-9a-f]{12} \("bugs: another word for retpolines"\) is the first commit/)
  t.match(words.stdout, /^ {2}vulnerability spectre_v2: .*Retpolines.* -> .*Returns/m)
})

t.test('two revisions are compared', async t => {
  const words = ['compare', '--tree', tree, 'base', 'clock', 'hyperv', '--accel', 'tcg']
  const { status, stdout, stderr } = await guise(words)
  t.equal(status, 1, stderr.slice(-2000))
  const hash = git('rev-parse', 'clock').slice(0, 12)
  t.equal(stdout.split('\n')[1], `clock (${hash})`)
  t.match(stdout, /^hyperv\n {2}clocksource current: hpet -> acpi_pm$/m)
  t.match(stdout, /^1 scenario compared: 0 the same, 1 differs/m)
})

t.test('what can be no bisection', async t => {
  for (const [branch, words, message] of [
    ['nowhere', ['tcg'], /--bad nowhere: expected a commit of .*, got no such commit there/],
    ['base', ['tcg'], /--good: expected a commit before --bad .*, got the same commit twice/],
    ['clock', ['hyperv', '--until', 'flag=smep'], /--until flag=smep: expected what .* differ in/],
  ] as const) {
    const { status, stderr } = await bisect(branch, [...words, '--accel', 'tcg'])
    t.equal(status, 2, branch)
    t.match(stderr, message)
  }
})

t.test('the checkout is as it was', t => {
  t.same({ head: git('rev-parse', 'HEAD'), branch: git('branch', '--show-current') }, before)
  t.equal(git('status', '--porcelain'), '')
  t.equal(git('for-each-ref', 'refs/bisect'), '')
  t.end()
})
