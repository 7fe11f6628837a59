import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { refuseHostFiles } from '../../runner/launch/refuse-host-files.js'
import { parseScenarioFile } from '../../runner/scenario/parse.js'
import { resolveScenario } from '../../runner/scenario/resolve.js'

const file = join(t.testdir(), 'mine.yaml')
const text = `# what is said of /etc/passwd here is no use of it
name: harmless
summary: says loader,file=/etc/passwd and does nothing
source: s
machine: { devices: [VGA] }
expect: [{ outcome: reported }]
---
name: first
summary: s
source: s
machine:
  smbios: { 11: { path: /etc/shadow } }
  devices:
    - VGA
    - loader,file=/etc/passwd
expect: [{ outcome: reported }]
---
name: second
summary: s
like: first
machine:
  devices:
    - '{"driver":"loader","file":"/etc/passwd"}'
`
writeFileSync(file, text)
const scenarios = parseScenarioFile(text, file).documents.map(
  document => resolveScenario(document, () => new Error('no dumps here')).scenario,
)

t.test('each place is refused with the line on which it stands, be it inherited', async t => {
  const error: unknown = await refuseHostFiles(scenarios).catch((error: unknown) => error)
  const expected = (line: number, name: string, field: string, got: string) =>
    `${file}:${line}: ${name}: ${field}: expected nothing of this machine's own files and devices (--allow-host-files lets a scenario have them), got \`${got}\``
  t.same((error as Error).message.split('\n'), [
    expected(12, 'first', 'machine.smbios.11', 'path=/etc/shadow'),
    expected(15, 'first', 'machine.devices[1]', 'file=/etc/passwd'),
    expected(12, 'second', 'machine.smbios.11', 'path=/etc/shadow'),
    expected(23, 'second', 'machine.devices[0]', 'file=/etc/passwd'),
  ])
  t.equal((error as Error).name, 'InputError')
})

t.test('a file that is gone is named without a line', async t => {
  const gone = scenarios.slice(1, 2).map(scenario => ({ ...scenario, file: '/no/such.yaml' }))
  await t.rejects(refuseHostFiles(gone), /^\/no\/such\.yaml: first: /)
})

t.test('what reaches for nothing passes', async t => {
  await t.resolves(refuseHostFiles(scenarios.slice(0, 1)))
})
