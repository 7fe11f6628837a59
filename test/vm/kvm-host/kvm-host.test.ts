import t, { type Test } from 'tap'
import { type GuiseRecord, recordSchema } from '../../../runner/record/schema.js'
import { asLines } from '../../../runner/report/setup-progress.js'
import { Sandbox } from '../../fixtures/sandbox.js'
import { commentOn } from './comment.js'
import { differences } from './compare.js'
import { guiseStep, qemuProgram } from './guise-step.js'
import { withHost } from './host.js'
import { hostImage } from './host-image.js'

// KVM of the machine that guise runs on. Development machines have none that works, so this one's root file system is
// booted in an emulated host that has. What guise records there must be what it records here in the nested host, with the
// same QEMU.
t.setTimeout(10_000_000)

// A busy machine takes a quarter of an hour for what an idle one does in a minute: fewer may be asked for.
const words = process.env.KVM_HOST_SCENARIOS?.split(' ') ?? [
  '@starter',
  ...['kvm-all-features', 'kvm-timing-freq', 'kvm-behind-hyperv-two-cpus'],
  ...['hyperv-enlightened', 'xen-hvm', 'vmware-two-cpus'],
]
const options = [
  ...['--kernel', 'debian:bookworm', '--format', 'json'],
  // For a guest that never ends: none on a KVM that is not emulated takes as long as one there on a busy machine.
  ...['--timeout', '900'],
]

const sandbox = await Sandbox.create(t)
const image = await hostImage('debian:trixie', asLines(commentOn(t)))
const qemu = qemuProgram(sandbox, image.emulator)
const nested = new Map<string, GuiseRecord>()

await t.test('the nested host runs them here', async t => {
  const started = performance.now()
  const command = sandbox.command('run', ...words, ...options, '--accel', 'nested')
  const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
  const { status, stdout, stderr } = await sandbox.exec(command, { env, timeout: 0 })
  t.equal(status, 0, stderr)
  for (const line of stdout.split('\n').slice(0, -1)) {
    const record = parseRecord(line)
    nested.set(record.scenario, record)
  }
  t.comment(`${nested.size} guests in the nested host: ${seconds(performance.now() - started)}`)
})

if (nested.size === 0) t.bailout('there is nothing to compare with')

t.test('KVM runs them on a machine whose KVM works', async t => {
  await withHost(image, async (host, upMs) => {
    t.comment(`the host is up: ${seconds(upMs)}`)
    t.match(await host.run(image.loadKvm), { status: 0 }, 'KVM is loaded')

    // The first start reads all of it through virtiofs, and guise gives it 20 s.
    t.match(await host.run({ command: [qemu, '--version'] }), { status: 0 })

    const kvm = ['--accel', 'kvm', '--qemu', qemu, '--jobs', '1']
    const run = await host.run(guiseStep(sandbox, 'run', ...words, ...options, ...kvm), line => {
      if (line.startsWith('{')) compareWithNested(t, parseRecord(line))
      else t.comment(line)
    })
    t.equal(run.status, 0, run.stderr.join('\n'))
    t.equal(run.stdout.length, nested.size, 'every record came')
    t.comment(`${run.stdout.length} guests under KVM: ${seconds(run.ms)}`)

    const doctor = await host.run(guiseStep(sandbox, 'doctor', '--qemu', qemu), commentOn(t))
    t.match(doctor.stdout.join('\n'), /^ok +kvm +works: /m, 'doctor says that KVM works')
  })
})

t.test('a fact that differs is seen', t => {
  for (const record of nested.values()) {
    const other = { ...record, clocksource: { ...record.clocksource, current: 'other' } }
    t.strictSame(differences(record, other), [
      `- clocksource current ${record.clocksource.current ?? 'none'}`,
      '+ clocksource current other',
    ])
  }
  t.end()
})

/** The same, and run with what it was asked to. */
function compareWithNested(t: Test, record: GuiseRecord): void {
  const { scenario, verdict, outcome, timing, accel, reruns } = record
  t.comment(`${scenario}: ${verdict}, ${outcome ?? 'no guest'}, ${seconds(timing?.total ?? 0)}`)
  for (const why of reruns) t.comment(`${scenario} was run again: ${why}`)
  const other = nested.get(scenario)
  const facts = other === undefined ? ['it is not among them'] : differences(other, record)
  // The first ones tell: where the verdict differs nearly all does.
  facts.splice(20)
  t.strictSame({ accel, facts }, { accel: 'kvm', facts: [] }, `${scenario} as in the nested host`)
}

function parseRecord(line: string): GuiseRecord {
  return recordSchema.parse(JSON.parse(line))
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
