import t from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const kernel = '[    0.000000] Linux version 6.1.0\r\n'
const steps = [{ print: kernel }, report(everyRecord), { print: `${completeMarker}\r\n` }]
const scenarios = sandbox.writeScenarios({
  without: { steps },
  with: { steps },
})
// The fixture's own `kernel:` line holds the script; the modules go into it, too.
sandbox.write(
  'scenarios.yaml',
  sandbox.read(scenarios).replace(/(name: with\n[^]*?kernel: \{)/, '$1 modules: [vmw_pvscsi],'),
)
const why =
  /^the module vmw_pvscsi of this kernel can't be had: there is no \/lib\/modules\/\S+ on this machine/

t.test('a kernel without its modules: what needs one is skipped, and says why', async t => {
  const { status, stdout } = await sandbox.guise(...sandbox.fakeRun(scenarios, '--format', 'json'))
  const records = stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as object)
  t.match(records, [
    { scenario: 'without', verdict: 'pass' },
    { scenario: 'with', verdict: 'skip', why: [why] },
  ])
  t.equal(status, 0)
})

t.test('--dry-run says the same', async t => {
  const { stdout } = await sandbox.guise(...sandbox.fakeRun(scenarios, '--dry-run'))
  t.match(stdout, /^# with: skip: the module vmw_pvscsi of this kernel can't be had: /m)
})
