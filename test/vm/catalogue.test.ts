import { join } from 'node:path'
import t from 'tap'
import { checkBaseline } from '../../runner/baseline/store.js'
import { packageRoot } from '../../runner/paths.js'
import { type GuiseRecord, recordSchema } from '../../runner/report/record-schema.js'
import { Sandbox } from '../fixtures/sandbox.js'

// The kernel is in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const baselines = join(packageRoot, 'test', 'baselines')
const sandbox = await Sandbox.create(t)

async function runJson(...words: string[]): Promise<{ status: number; records: GuiseRecord[] }> {
  const options = ['--kernel', 'debian:bookworm', '--accel', 'tcg', '--format', 'json']
  const command = sandbox.command('run', ...words, ...options)
  const { status, stdout } = await sandbox.exec(command, { env, timeout: 500_000 })
  const lines = stdout.split('\n').slice(0, -1)
  return { status, records: lines.map(line => recordSchema.parse(JSON.parse(line))) }
}

t.test('the starter catalogue passes, and skips only what needs a KVM', async t => {
  const { status, records } = await runJson('@starter')
  t.equal(status, 0)
  t.ok(records.length >= 18, `${records.length} verdicts`)
  for (const { scenario, verdict, why, outcome, applied, interfaces } of records) {
    if (verdict === 'skip') {
      t.match(why, [/^needs fidelity kvm/], `${scenario} is skipped`)
      continue
    }
    t.equal(verdict, 'pass', `${scenario}: ${why.join('; ')}`)
    t.equal(applied, outcome === 'reported' ? true : null, `${scenario}: asked is got`)
    t.ok(interfaces.length > 0)
  }
  for (const record of records.filter(({ verdict }) => verdict !== 'skip')) {
    const { state, difference } = checkBaseline(baselines, record)
    t.equal(state, 'same', `${record.scenario}: its baseline holds\n${difference ?? ''}`)
  }
})

t.test('three hypervisors, three lines', async t => {
  const { status, records } = await runJson('vmware', 'hyperv', 'kvm-behind-hyperv')
  t.equal(status, 0)
  const whole = { applied: true, outcome: 'reported', verdict: 'pass' }
  t.match(records, [
    { scenario: 'vmware', identity: { hypervisor: 'VMware' }, ...whole },
    { scenario: 'hyperv', identity: { hypervisor: 'Microsoft Hyper-V' }, ...whole },
    { scenario: 'kvm-behind-hyperv', identity: { hypervisor: 'KVM' }, ...whole },
  ])
})
