import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import * as layout from '../../runner/console/protocol/layout.js'
import { packageRoot } from '../../runner/paths.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { xmlErrors } from '../report/format-readers.js'

// The recipes for CI, as far as they are shell: what a runner would run, with the fake QEMU.

const sandbox = await Sandbox.create(t)
const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const settled = { type: layout.recordNote, payload: 'clocksource-settled=yes' }
const steps = [kernel, report([...everyRecord, settled]), { print: `${layout.completeMarker}\r\n` }]
const scenarios = sandbox.writeScenarios({ one: { steps }, two: { steps } })
const guise = sandbox.write('guise', `#!/bin/sh\nexec ${sandbox.command().join(' ')} "$@"\n`)
chmodSync(guise, 0o755)
const recipe = join(packageRoot, 'scripts/ci/run')

const env = (work: string) => ({
  GUISE: guise,
  GUISE_OPTIONS: `--accel tcg --qemu ${fakeQemu}`,
  GUISE_RESULTS: join(work, 'results'),
  GUISE_BASELINES: join(work, 'baselines'),
})

t.test('a run leaves what a CI shows, and fails on a changed baseline', async t => {
  const work = sandbox.at('cron')
  const run = () => sandbox.exec([recipe, sandbox.kernel, scenarios], { env: env(work) })
  const first = await run()
  t.match(
    first,
    { status: 0, stdout: /2 pass, 0 fail/ },
    'without baselines nothing is held against any',
  )
  t.match(
    readFileSync(join(work, 'results/report.html'), 'utf8'),
    /^<!doctype html>[^]*data-name="two"/,
  )
  t.same(await xmlErrors(readFileSync(join(work, 'results/junit.xml'), 'utf8')), [])
  t.match(readFileSync(join(work, 'results/summary.md'), 'utf8'), /^### guise: 2 pass, /)
  t.notOk(existsSync(join(work, 'results/baseline.txt')))

  const { GUISE_BASELINES: baselines } = env(work)
  const update = ['baseline', 'update', '--run', join(work, 'results'), '--baselines', baselines]
  t.match(await sandbox.guise(...update), { status: 0 })
  t.match(await run(), { status: 0, stdout: /^2 same$/m })
  const [one = ''] = readdirSync(baselines, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('one.txt'),
  )
  const kept = readFileSync(join(baselines, one), 'utf8')
  writeFileSync(join(baselines, one), kept.replace('hypervisor KVM', 'hypervisor none'))
  const changed = await run()
  t.equal(changed.status, 1)
  t.match(readFileSync(join(work, 'results/baseline.txt'), 'utf8'), /^differs +\S*one\.txt: /m)
  sandbox.writeScenarios({
    one: { steps: [kernel, { print: '[ 1.0] Kernel panic - not syncing: x\r\n' }] },
    two: { steps },
  })
  t.match(await run(), { status: 1, stdout: /1 pass, 1 fail/ })
  sandbox.writeScenarios({ one: { steps: [{ complain: 'no\n', exit: 1 }] }, two: { steps } })
  t.equal((await run()).status, 3, 'trouble of the machine is no failure')
})

t.test('what can’t be run leaves no report', async t => {
  const work = sandbox.at('none')
  const bad = await sandbox.exec([recipe, sandbox.at('no-kernel'), scenarios], { env: env(work) })
  t.equal(bad.status, 2)
  t.match(bad.stderr, /no-kernel/)
  t.notOk(existsSync(join(work, 'results/report.html')))
  t.match(await sandbox.exec([recipe]), { status: 2, stderr: /^usage: scripts\/ci\/run KERNEL/ })
})

interface Step {
  readonly name?: string
  readonly run?: string
  readonly uses?: string
  readonly env?: Record<string, string>
}

t.test('the action for GitHub: its shell, as its runner runs it', async t => {
  const path = join(packageRoot, '.github/actions/guise/action.yml')
  const { inputs, runs } = parse(readFileSync(path, 'utf8')) as {
    inputs: Record<string, { default?: string }>
    runs: { steps: readonly Step[] }
  }
  const named = JSON.stringify(runs.steps).matchAll(/\$\{\{ inputs\.(\w+) \}\}/g)
  for (const [, name = ''] of named) t.ok(name in inputs, name)
  t.ok(
    runs.steps.every(({ uses = 'x@v1' }) => /@v\d+$/.test(uses)),
    'what it uses has a version',
  )
  sandbox.writeScenarios({ one: { steps }, two: { steps } })
  const work = sandbox.at('action')
  const summary = sandbox.write('summary', 'before\n')
  const step = runs.steps.find(({ name }) => name === 'Run guise')
  const own = {
    ...env(work),
    GITHUB_ACTION_PATH: join(packageRoot, '.github/actions/guise'),
    GITHUB_STEP_SUMMARY: summary,
    KERNEL: sandbox.kernel,
    SCENARIOS: `${scenarios}:one ${scenarios}:two`,
  }
  // `shell: bash` of a composite action (GitHub's documentation, "Workflow syntax").
  const run = await sandbox.exec(
    ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? ''],
    { env: own },
  )
  t.match(run, { status: 0, stdout: /2 pass/ })
  t.match(readFileSync(summary, 'utf8'), /^before\n### guise: 2 pass/)
  const failing = await sandbox.exec(['bash', '-eo', 'pipefail', '-c', step?.run ?? ''], {
    env: { ...own, KERNEL: sandbox.at('no-kernel'), GUISE_RESULTS: sandbox.at('never') },
  })
  t.equal(failing.status, 2)
})

t.test('the job for GitLab', async t => {
  const path = join(packageRoot, 'scripts/ci/gitlab-ci.yml')
  const { guise: job } = parse(readFileSync(path, 'utf8')) as {
    guise: {
      script: readonly string[]
      before_script: readonly string[]
      artifacts: { paths: string[]; reports: { junit: string } }
    }
  }
  const checkout = sandbox.at('checkout')
  sandbox.write('checkout/scripts/ci/run', `#!/bin/sh\nexec ${recipe} "$1" ${scenarios}\n`)
  chmodSync(join(checkout, 'scripts/ci/run'), 0o755)
  const run = await sandbox.exec(['sh', '-ec', job.script.join('\n')], {
    cwd: sandbox.at('tmp'),
    env: {
      ...env('.'),
      GUISE_RESULTS: 'guise-results',
      GUISE_CHECKOUT: checkout,
      KERNEL: sandbox.kernel,
    },
  })
  t.match(run, { status: 0, stdout: /2 pass/ })
  t.ok(existsSync(sandbox.at('tmp', job.artifacts.reports.junit)))
  t.ok(job.artifacts.paths.every(each => existsSync(sandbox.at('tmp', each))))
})

t.test('what the page of recipes calls there is', t => {
  const text = readFileSync(join(packageRoot, 'scripts/ci/README.md'), 'utf8')
  for (const [, path = ''] of text.matchAll(/\]\(([^)]+)\)/g)) {
    t.ok(existsSync(join(packageRoot, 'scripts/ci', path)), path)
  }
  t.end()
})
