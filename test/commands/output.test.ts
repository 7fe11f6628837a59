import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import t from 'tap'
import { parseAllDocuments } from 'yaml'

import { recordSchema } from '../../runner/record/schema.js'
import { catalogueFiles } from '../../runner/scenario/load.js'
import { scenariosFolder } from '../../runner/paths.js'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)

const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
const reported = [kernel, report(everyRecord), { print: `${completeMarker}\r\n` }]
const dies = [kernel, { print: '[    1.000000] Kernel panic - not syncing: x\r\n' }]
const scenarios = sandbox.writeScenarios({
  passes: { steps: reported },
  fails: { steps: dies },
  'needs-kvm': { steps: [], yaml: 'needs: { fidelity: kvm }' },
})
// SGR, what colours are made with.
const colour = /\p{Cc}\[[\d;]*m/u

function schemaOf(text: string): ValidateFunction {
  return new Ajv2020({ allErrors: true }).compile(JSON.parse(text) as object)
}

t.test('list', async t => {
  const { status, stdout, stderr } = await sandbox.guise(
    'list',
    '--json',
    'vmware',
    'xen-cpuid-only',
    'xen-nopv',
  )
  t.equal(status, 0)
  t.equal(stderr, '')
  const listed = JSON.parse(stdout) as unknown
  t.match(listed, [
    {
      name: 'vmware',
      summary: String,
      groups: ['starter', 'vmware', 'real'],
      needs: { fidelity: 'cpuid' },
    },
    { name: 'xen-cpuid-only' },
    { name: 'xen-nopv' },
  ])
  for (const entry of listed as object[]) {
    t.strictSame(Object.keys(entry), ['name', 'summary', 'groups', 'needs'])
  }
  const text = await sandbox.guise('list')
  t.match(text.stdout, /^vmware +VMware/m)
})

t.test('schema scenario takes the catalogue, and refuses what is wrong', async t => {
  const { status, stdout } = await sandbox.guise('schema', 'scenario')
  t.equal(status, 0)
  const schema = schemaOf(stdout)
  const documents = catalogueFiles(scenariosFolder).flatMap(file =>
    parseAllDocuments(readFileSync(file, 'utf8')).map(document => document.toJS() as object),
  )
  t.ok(documents.length >= 18)
  for (const document of documents) {
    const taken = schema(document)
    t.ok(taken, `${(document as { name: string }).name} ${JSON.stringify(schema.errors)}`)
    t.notOk(schema({ ...document, colour: 'red' }))
  }
  const own = { name: 'own', summary: 'x', source: 'y', expect: [{ hypervisor: 'none' }] }
  t.ok(schema(own))
  for (const field of ['name', 'summary', 'source', 'expect'] as const) {
    t.notOk(schema({ ...own, [field]: undefined }))
    t.match(schema.errors?.[0], { params: { missingProperty: field } }, 'what is named is missed')
  }
  t.ok(schema({ name: 'heir', summary: 'x', like: 'own' }))
})

t.test('a schema has a name, and says what each of its fields is', async t => {
  for (const what of ['scenario', 'record']) {
    const { stdout } = await sandbox.guise('schema', what)
    const { $id, properties } = JSON.parse(stdout) as {
      $id: string
      properties: Record<string, { description?: string }>
    }
    t.equal($id, `urn:guise:${what}-1`)
    if (what === 'record') continue
    const silent = Object.keys(properties).filter(name => !properties[name]?.description)
    t.strictSame(silent, [])
  }
})

t.test('run --format json: records and nothing else, and schema record takes them', async t => {
  const { status, stdout } = await sandbox.guise(...sandbox.fakeRun(scenarios, '--format', 'json'))
  t.equal(status, 1)
  const schema = schemaOf((await sandbox.guise('schema', 'record')).stdout)
  const records = stdout
    .trimEnd()
    .split('\n')
    .map(line => {
      const record: unknown = JSON.parse(line)
      t.ok(schema(record), JSON.stringify(schema.errors))
      return recordSchema.parse(record)
    })
  t.strictSame(
    records.map(({ scenario, outcome, verdict }) => [scenario, outcome, verdict]),
    [
      ['passes', 'reported', 'pass'],
      ['fails', 'panic', 'fail'],
      ['needs-kvm', null, 'skip'],
    ],
  )
  for (const record of records) {
    const kept = Buffer.from(sandbox.result(`${record.scenario}.json`), 'latin1').toString()
    t.strictSame(JSON.parse(kept), record, 'as on the disk')
  }
})

t.test('run --format tap', async t => {
  const { status, stdout } = await sandbox.guise(...sandbox.fakeRun(scenarios, '--format', 'tap'))
  t.equal(status, 1)
  t.match(stdout, /^TAP version 14\n1\.\.3\n/)
  t.match(stdout, /^ok 1 - passes on 6\.1\.192, tcg$/m)
  t.match(stdout, /^not ok 2 - fails on 6\.1\.192, tcg\n {2}---\n/m)
  t.match(stdout, /^ok 3 - needs-kvm .* # SKIP needs fidelity kvm/m)
  t.notMatch(stdout, /Bail out/)
})

t.test('colours are for terminals, and for those who want them', async t => {
  const plain = await sandbox.guise(...sandbox.fakeRun(scenarios))
  t.notMatch(plain.stdout, colour)
  const command = sandbox.command(...sandbox.fakeRun(scenarios)).join(' ')
  const onTerminal = ['script', '-qec', command, '/dev/null'] as [string, ...string[]]
  t.match((await sandbox.exec(onTerminal, { stdin: 'ignore' })).stdout, colour)
  const without = await sandbox.exec(onTerminal, { stdin: 'ignore', env: { NO_COLOR: '1' } })
  t.match(without.stdout, 'pass  passes')
  t.notMatch(without.stdout, colour)
})

t.test('a reader that goes early', async t => {
  const first = async (...args: string[]) => {
    const command = sandbox.command(...args).map(word => `'${word}'`)
    const pipe = `${command.join(' ')} | head -n 1; exit "\${PIPESTATUS[0]}"`
    return sandbox.exec(['bash', '-c', pipe])
  }
  for (const args of [['list'], ['list', '--json'], ['schema', 'record'], ['show', 'vmware']]) {
    const { status, stdout, stderr } = await first(...args)
    t.equal(status, 0)
    t.equal(stdout.split('\n').length, 2)
    t.equal(stderr, '')
  }
  const slow = [...reported.slice(0, 1), { wait: 500 }, ...reported.slice(1)]
  const three = sandbox.writeScenarios({
    one: { steps: reported },
    two: { steps: slow },
    three: { steps: [...slow, { hang: true }] },
    four: { steps: [kernel, { hang: true }] },
  })
  const run = await first(...sandbox.fakeRun(three, '--jobs', '1', '--format', 'json'))
  t.equal(run.status, 130)
  t.match(run.stdout, /^\{.*"scenario":"one".*\}\n$/)
  t.match(run.stderr, /stdout was closed: ending the guests; the results so far are kept/)
  t.notMatch(run.stderr, /^ +at |EPIPE/m)
  t.match(JSON.parse(sandbox.result('two.json')), { verdict: 'pass' }, 'finished, so kept')
  t.strictSame([sandbox.processes(), sandbox.temporaryFolders()], [[], []])
})

t.test('a result that can not be written is an error', async t => {
  const command = sandbox.command('list').join(' ')
  const { status, stderr } = await sandbox.exec(['sh', '-c', `${command} >/dev/full`])
  t.equal(status, 3)
  t.match(stderr, /^guise: stdout: expected to write the result, got: ENOSPC.*\n$/)
})

t.test(
  'show gives the text as it stands, the leaves decoded, and what is expected in words',
  async t => {
    const { status, stdout } = await sandbox.guise('show', 'hyperv')
    t.equal(status, 0)
    t.match(stdout, /^# .*hyperv\.yaml\n/)
    t.match(stdout, /^name: hyperv$/m)
    t.match(stdout, /^# +0x40000000 +eax 0x40000005 ebx /m)
    t.match(stdout, /^# +0x40000000 +signature "Microsoft Hv", that of Microsoft Hyper-V$/m)
    t.match(stdout, /^# +highest leaf 0x40000005$/m)
    t.match(stdout, /^# +0x40000003 +eax: HYPERCALL VP_INDEX$/m)
    t.match(stdout, /^# +hypervisor +the kernel detects Microsoft Hyper-V$/m)
    t.match(stdout, /^# +clocksource +.*hpet and acpi_pm are available$/m)
    const two = await sandbox.guise('show', 'hyperv-no-vp-index')
    t.match(two.stdout, /^# +when the kernel is >=5\.16-rc2 .*\n# +why +f3e613e72f66 refuses/m)
    t.match(two.stdout, /^# +hypervisor +the kernel detects no hypervisor$/m)
    t.match(two.stdout, /^# +log +a line has `x86\/hyperv: VP_INDEX/m)
    t.match(two.stdout, /^# +otherwise\n# +why +before /m)
  },
)

t.test('show resolves a scenario that is like another one', async t => {
  const file = sandbox.write(
    'family.yaml',
    [
      'name: one\nsummary: s\nsource: s\nhypervisor-leaves: listed',
      'cpuid: [{ leaf: 0x40000000, eax: 0x40000001, signature: KVMKVMKVM }]\nexpect: [{ hypervisor: KVM }]',
      '---\nname: two\nlike: one\nsummary: t',
      'cpuid: [{ leaf: 0x40000001, eax: 0x01000009 }]\n',
    ].join('\n'),
  )
  const { stdout } = await sandbox.guise('show', `${file}:two`)
  t.match(stdout, /^name: two\nlike: one\nsummary: t\nsource: s\n/m)
  t.match(stdout, /leaf: 0x40000000[^]*leaf: 0x40000001\n +eax: 0x1000009/, 'both, in hexadecimal')
  t.match(stdout, / eax: CLOCKSOURCE CLOCKSOURCE2 CLOCKSOURCE_STABLE_BIT$/m)
})

t.test('doctor', async t => {
  const well = await sandbox.guise('doctor', '--qemu', fakeQemu)
  t.equal(well.status, 0, well.stdout)
  t.match(well.stdout, /^(?:ok +kvm +works|none +kvm +unusable): /m)
  t.match(well.stdout, /^(?:ok|limited|none) +confinement +\S/m)
  t.match(well.stdout, /^(?:ok|limited) +tsc +\S/m)
  t.match(well.stdout, /^ok +QEMU +7\.2\.22, .*fake-qemu\.js$/m)
  const ill = await sandbox.guise('doctor', '--qemu', '/no/qemu')
  t.equal(ill.status, 3)
  t.match(ill.stdout, /^missing +QEMU +--qemu \/no\/qemu: expected an executable/m)
  t.match(ill.stdout, /^ok +guest init/m, 'the rest is told all the same')
})

t.test('what a file says reaches no terminal raw', async t => {
  const file = sandbox.at('hostile.yaml')
  // YAML's own escapes: ESC, a C1 control, a bidirectional override, OSC.
  const summary = String.raw`"\e[31mred\x9b32m\u202e\e]0;title\a"`
  writeFileSync(
    file,
    `name: hostile\nsummary: ${summary}\nsource: ${summary}\nexpect: [{ log: { has: [${summary}] } }]\n`,
  )
  for (const words of [['list'], ['list', '--json'], ['show']]) {
    const { status, stdout } = await sandbox.guise(...words, file)
    t.equal(status, 0, words.join(' '))
    t.match(stdout, 'hostile', words.join(' '))
    t.notMatch(stdout, /(?!\n)\p{Cc}|\p{Cf}/u, words.join(' '))
  }
})
