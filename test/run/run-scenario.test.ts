import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Kernel } from '../../images/kernel/kernel.js'
import type { AssessedGuest } from '../../runner/judge/assess.js'
import { NestedHostUnavailableError } from '../../runner/launch/nested/lost.js'
import type { Accelerator } from '../../runner/plan/accelerator.js'
import type { Plan } from '../../runner/plan/plan.js'
import { prepareGuest } from '../../runner/run/prepare-guest.js'
import { type RunContext, runScenario } from '../../runner/run/run-scenario.js'
import type { Scenario } from '../../runner/scenario/scenario.js'
import { exampleRecord } from '../fixtures/record.js'
import { parseScenario } from '../fixtures/scenario.js'
import { bzImage } from '../images/kernel/synthetic.js'
import { judgedRun, type RunChanges } from '../judge/judged-run.js'

const image = bzImage({ banner: '6.1.9 (a@b) #1' })
const yaml = 'name: test\nsummary: s\nsource: s\nexpect:\n  - hypervisor: none\n'
const folder = t.testdir({ bzImage: image, 'x.yaml': yaml })
process.env.XDG_CACHE_HOME = join(folder, 'cache')

const kernel: Kernel = {
  spec: 'debian:bookworm',
  path: join(folder, 'bzImage'),
  format: 'bzImage',
  bzImage: null,
  release: '6.1.9',
  version: '6.1.9',
  banner: '6.1.9 (a@b) #1',
  sha256: createHash('sha256').update(image).digest('hex'),
  config: null,
  flagBits: null,
  modules: { from: 'machine' },
}
const qemu = { path: '/q', name: '/q', command: ['/q'], version: '7.2.22', sandbox: true }
const kmsg = {
  level: 6,
  facility: 0,
  sequence: 0,
  timestampUs: 0,
  continuation: false,
  text: 'Linux version 6.1.9',
}

/** How a guest of a test ends. */
interface GuestChanges extends RunChanges {
  readonly verbosity?: Plan['verbosity']
  readonly complete?: boolean
}

function guest({ verbosity = 'full', complete = true, ...changes }: GuestChanges): AssessedGuest {
  return {
    ...judgedRun('hypervisor: none', changes),
    command: { environment: { A: 'b' }, argv: ['/q', '-append', 'c'] },
    verbosity,
    exit: { code: 0, signal: null, failedToStart: null, stderr: '', stdout: '' },
    console: Buffer.from(Array.from({ length: 20 }, (_, line) => `line ${line}\n`).join('')),
    report: {
      complete,
      problems: [],
      cpus: [],
      kmsg: [kmsg],
      files: new Map(),
      devices: [],
      notes: new Map(),
      svga: null,
    },
    picture: null,
    counts: [],
    timing: { firstByte: 1, marker: 2, total: 3 },
    look: null,
  }
}

/** Runs a scenario by a fake runner, and tells what was asked of KVM. */
async function runOne(
  t: Test,
  accelerator: Accelerator,
  changes: GuestChanges | null = {},
  more: Partial<RunContext> = {},
  scenario: Scenario = parseScenario(''),
) {
  const folder = t.testdir()
  const asked: string[] = []
  const started: string[] = []
  const context: RunContext = {
    run: 'a run',
    accelerator: 'auto',
    places: {
      of: () =>
        Promise.resolve({
          accelerator,
          accelWhy: 'it was chosen',
          qemu,
          qemuWhy: 'the other is old',
          triedQemu: null,
        }),
    },
    kvm: {
      lacks: () => Promise.resolve(null),
      askAgain: name => {
        asked.push(name)
        return Promise.resolve('the guest is the cause')
      },
    },
    executable: () => Promise.resolve('unasked'),
    nested: { image: () => Promise.reject(new NestedHostUnavailableError('no apt\nat all')) },
    runner: {
      run: (plan, { consoleLog }) =>
        Promise.resolve(
          changes === null
            ? { counted: null, reruns: ['it was lost', 'it was lost'] }
            : { counted: { plan, guest: guest(changes), consoleLog }, reruns: ['it was slow'] },
        ),
    },
    content: { init: '/no/init' },
    initramfs: { path: '/no/initramfs', sha256: 'cd34', bytes: 1 },
    modules: [],
    fingerprint: { ...exampleRecord().fingerprint, initramfs: 'of no guest' },
    target: {},
    signal: new AbortController().signal,
    onSetup: () => undefined,
    onStart: name => started.push(name),
    ...more,
  }
  const result = await runScenario(scenario, kernel, folder, context)
  return { ...result, folder, asked, started }
}

t.test('a guest that KVM gives up is told with what KVM says when it is asked again', async t => {
  const gaveUp: RunChanges = { ending: { outcome: 'kvm-error', reason: 'KVM internal error' } }
  const { record, asked } = await runOne(t, 'kvm', gaveUp)
  t.same(asked, ['test'])
  t.equal(record.why.at(-1), 'the guest is the cause')
  t.ok(record.why.length > 1, 'behind why it failed')
  t.strictSame((await runOne(t, 'tcg', gaveUp)).asked, [])
  t.strictSame((await runOne(t, 'kvm', { ending: { outcome: 'panic' } })).asked, [])
  t.strictSame((await runOne(t, 'kvm')).asked, [])
})

t.test('the log of a kernel that was quiet is kept, where the whole of it came out', async t => {
  const { record, folder } = await runOne(t, 'kvm', { verbosity: 'quiet' })
  t.equal(record.kernelLog, join(folder, 'test.kernel.log'))
  t.equal(readFileSync(record.kernelLog ?? '', 'utf8'), '[    0.000000] Linux version 6.1.9\n')
  t.equal((await runOne(t, 'kvm', { verbosity: 'full' })).record.kernelLog, null)
  const cut = await runOne(t, 'kvm', { verbosity: 'quiet', complete: false })
  t.equal(cut.record.kernelLog, null)
})

t.test(
  'a record says how its guest was started, and the end of the console is at hand',
  async t => {
    const { record, details, folder, started } = await runOne(t, 'tcg')
    t.same(started, ['test'])
    t.same(record.qemu, { version: '7.2.22', argv: ['env', 'A=b', '/q', '-append', 'c'] })
    t.equal(record.console, join(folder, 'test.console.log'))
    t.equal(record.accelWhy, 'it was chosen')
    t.equal(record.qemuWhy, 'the other is old')
    t.equal(record.fingerprint.qemu, '/q', 'the QEMU of this guest')
    t.equal(record.fingerprint.initramfs, 'cd34')
    t.same(record.kernel, {
      spec: 'debian:bookworm',
      release: '6.1.9',
      version: '6.1.9',
      banner: '6.1.9 (a@b) #1',
      sha256: kernel.sha256,
      guestSupport: null,
    })
    t.equal(record.file, join(process.cwd(), 'test.yaml'))
    t.same(record.reruns, ['it was slow'])
    t.same(
      details.consoleTail,
      Array.from({ length: 15 }, (_, line) => `line ${line + 5}`),
    )
  },
)

const file = join(folder, 'x.yaml')

t.test('what is not met is told with its place in the file', async t => {
  const placeOf = async (path: string) => {
    const scenario = { ...parseScenario('expect: [{ hypervisor: none }]'), file: path }
    const { record } = await runOne(t, 'tcg', { ending: { outcome: 'panic' } }, {}, scenario)
    return record.unmet.map(({ field, file, line }) => ({ field, file, line }))
  }
  t.same(await placeOf(file), [{ field: 'outcome', file, line: 5 }])
  const gone = `${file}.gone`
  t.same(await placeOf(gone), [{ field: 'outcome', file: null, line: null }], 'no file any more')
})

t.test('a guest with which each nested host was lost is an error, and says so', async t => {
  const image = () => Promise.resolve({ qemuVersion: '10.0.13' } as never)
  const { record } = await runOne(t, 'nested', null, { nested: { image } })
  t.equal(record.verdict, 'error')
  t.equal(record.qemu.version, '10.0.13')
  t.equal(record.qemuWhy, null, 'it has its own')
  t.same(record.why, [
    'the nested host was lost with this guest 2 times',
    'it was lost',
    'it was lost',
  ])
})

t.test('without a nested host a guest is skipped, unless that was asked for by name', async t => {
  const { record, started } = await runOne(t, 'nested')
  t.equal(record.verdict, 'skip')
  t.equal(record.accel, 'nested')
  t.same(record.why, ["it was chosen; and the nested host can't be had: no apt"])
  t.strictSame(started, [])
  await t.rejects(
    runOne(t, 'nested', {}, { accelerator: 'nested' }),
    new NestedHostUnavailableError('no apt\nat all'),
  )
})

t.test('a scenario that cannot be run here is skipped with the reason', async t => {
  const scenario = parseScenario('needs: { fidelity: kvm }')
  const { record, started } = await runOne(t, 'tcg', {}, {}, scenario)
  t.equal(record.verdict, 'skip')
  t.match(record.why[0], /^needs fidelity kvm; /)
  t.strictSame(started, [])
})

t.test('what KVM lacks is asked of KVM alone', async t => {
  const { XDG_CACHE_HOME } = process.env
  t.teardown(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME
  })
  process.env.XDG_CACHE_HOME = t.testdir()
  const prepare = (accelerator: Accelerator) =>
    prepareGuest(
      parseScenario(''),
      kernel,
      { accelerator, qemu, qemuVersion: '7.2.22' },
      {
        kvm: {
          lacks: (_needs, { name }) => Promise.resolve(`KVM has no Hyper-V in ${name}`),
        },
        executable: () => Promise.resolve('unasked'),
        content: { init: '/no/init' },
        initramfs: { path: '/no/initramfs', sha256: 'cd34', bytes: 1 },
        modules: [],
        target: {},
        signal: new AbortController().signal,
        onSetup: () => undefined,
      },
    )
  t.same(await prepare('kvm'), { skip: 'KVM has no Hyper-V in /q' })
  const emulated = await prepare('tcg')
  if ('skip' in emulated) return t.fail(emulated.skip)
  const { override, ...images } = emulated.images
  t.same(images, {
    qemu: ['/q'],
    sandbox: true,
    kernel: kernel.path,
    initramfs: '/no/initramfs',
    lockstep: null,
  })
  t.equal(readFileSync(override?.table ?? '', 'latin1'), 'guise-cpuid 2 tcg\n')
})
