import { existsSync, readdirSync } from 'node:fs'
import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import type { Scenario } from '../../runner/scenario/scenario.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
t.jobs = 2

const leaf = '   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n'
const dump = sandbox.write('a machine.txt', `a title\nCPU 0:\n${leaf}CPU 1:\n${leaf}`)

/** A scenario as it is read from a text. */
function loaded(name: string, text: string) {
  const [scenario, ...others] = loadScenarios([sandbox.write(`${name}/a.yaml`, text)])
  if (scenario === undefined || others.length > 0) throw new Error('expected one scenario')
  return scenario
}

/** All that a scenario says but for where and how it is written. */
function said(scenario: Scenario): object {
  return { ...scenario, file: '', text: '', like: undefined }
}

t.test('a scenario to start from, with comments', { buffered: true }, async t => {
  const { status, stdout, stderr } = await sandbox.guise('new', 'my-guest')
  t.equal(status, 0)
  t.match(stdout, /^# A scenario: .*\n[^]*^name: my-guest$/m)
  t.match(loaded('plain', stdout), { name: 'my-guest', expect: [{ hypervisor: 'KVM' }] })
  t.equal(
    stderr,
    'guise: `guise show FILE` tells what its guest is shown, `guise run FILE` runs it\n',
  )
  const taken = await sandbox.guise('new', 'vmware')
  t.equal(taken.status, 0)
  t.match(taken.stderr, /the catalogue has a scenario `vmware`, too/)
})

t.test('what can be no new scenario', { buffered: true }, async t => {
  for (const name of ['null', 'true', '123', '1e3', '0x10']) {
    t.match(await sandbox.guise('new', name), {
      status: 2,
      stdout: '',
      stderr: `guise: new: expected a name that YAML takes for a text, got \`${name}\`\n`,
    })
  }
  const nowhere = sandbox.at('nowhere/mine.yaml')
  for (const more of [[], ['--force']]) {
    t.match(await sandbox.guise('new', 'mine', '--output', nowhere, ...more), {
      status: 2,
      stderr:
        /nowhere\/mine\.yaml: expected to write it in the folder \S+nowhere, which is not there$/m,
    })
  }
  for (const more of [[], ['--force']])
    t.match(await sandbox.guise('new', 'mine', '--output', sandbox.at('tmp'), ...more), {
      status: 2,
      stderr: /tmp: expected the name of a new file, got a folder$/m,
    })
  t.match(await sandbox.guise('new', 'mine', '--output', ''), { status: 2 })
})

t.test('--like: the same under another name', { buffered: true }, async t => {
  const catalogue = loadScenarios(catalogueFiles(scenariosFolder))
  // One with comments of its own, one that is like another one, one at the end of its file.
  for (const name of ['kvm-all-features', 'kvm-no-unhalt', 'kvm-behind-hyperv', 'tcg']) {
    const { status, stdout } = await sandbox.guise('new', 'mine', '--like', name)
    t.equal(status, 0)
    const origin = catalogue.find(each => each.name === name)
    if (origin === undefined) throw new Error(`expected ${name} in the catalogue`)
    const copy = loaded(name, stdout)
    t.match(stdout, `# mine: as ${name} of guise's catalogue`)
    t.equal(copy.like, undefined)
    t.same(said(copy), { ...said(origin), name: 'mine' })
  }
  const file = sandbox.write('own of mine.yaml', (await sandbox.guise('new', 'own')).stdout)
  const ofOwn = await sandbox.guise('new', 'mine', '--like', file)
  t.match(ofOwn.stdout, '# mine: as own of own of mine.yaml, to be changed.')
  const made = await sandbox.guise('new', 'mine', '--output', sandbox.at('of mine.yaml'))
  t.match(made.stderr, `guise run '${sandbox.at('of mine.yaml')}'`)
  const commented = await sandbox.guise('new', 'mine', '--like', 'kvm-all-features')
  t.match(commented.stdout, '# Not kvm-msi-ext-dest-id')
})

t.test(
  '--like: a dump that lies beside its scenario is still found',
  { buffered: true },
  async t => {
    sandbox.write('beside/dump #1.txt', leaf)
    const yaml =
      'name: a\nsummary: s\nsource: s\nhypervisor-leaves: listed\ncpuid: [{ dump: \'dump #1.txt\' }, { dump: "CPU:\\n  0x1 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0" }]\nexpect: [{}]\n'
    const file = sandbox.write('beside/a.yaml', yaml)
    const { status, stdout } = await sandbox.guise('new', 'b', '--like', file)
    t.equal(status, 0)
    t.equal(loaded('elsewhere', stdout).steps.length, 2)
  },
)

t.test('--from: what `guise import` makes of a dump', { buffered: true }, async t => {
  const { status, stdout, stderr } = await sandbox.guise('new', 'machine', '--from', dump)
  t.equal(status, 0)
  t.match(loaded('from', stdout), { name: 'machine', machine: { cpus: 2 } })
  t.match(stdout, /^# machine: the CPU of a dump/)
  const imported = await sandbox.guise('import', dump, '--name', 'machine')
  t.ok(stdout.endsWith(imported.stdout))
  t.match(stderr, /a machine\.txt:1: `a title` is no leaf\n/)
})

t.test('a file of its own, whole, and none that is there', { buffered: true }, async t => {
  const path = sandbox.at('out', 'a.yaml')
  const nowhere = await sandbox.guise('new', 'a', '--output', path)
  t.equal(nowhere.status, 2)
  t.match(nowhere.stderr, /a\.yaml: expected to write it in the folder \S+out, which is not there/)
  sandbox.write('out/keep', '')
  const first = await sandbox.guise('new', 'a', '--output', path)
  t.equal(first.status, 0)
  t.equal(first.stdout, '')
  t.match(first.stderr, `guise show ${path}`)
  const again = await sandbox.guise('new', 'b', '--output', path)
  t.equal(again.status, 2)
  t.match(
    again.stderr,
    /^guise: .*a\.yaml: expected no file there, got one; --force takes its place\n$/,
  )
  t.match(sandbox.read(path), /^name: a$/m)
  t.equal((await sandbox.guise('new', 'b', '--output', path, '--force')).status, 0)
  t.match(sandbox.read(path), /^name: b$/m)
  t.same(readdirSync(sandbox.at('out')), ['a.yaml', 'keep'])
  const bare = await sandbox.exec(sandbox.command('new', 'b', '--output', 'bare'), {
    cwd: sandbox.at('out'),
  })
  t.match(bare.stderr, '`guise run ./bare` runs it', 'which is a file, and no name')
})

for (const [what, args, says] of [
  ['a bad name', ['No Name'], /^guise: new: expected a name of lower-case words .*, got `No Name`/],
  ['a long name', ['a'.repeat(101)], /new: expected a name of at most 100 characters/],
  [
    'an unknown scenario',
    ['a', '--like', 'vmwar'],
    /unknown scenario `vmwar`: did you mean vmware/,
  ],
  ['several', ['a', '--like', '@xen'], /--like: expected one scenario, got \d+ with `@xen`/],
  ['no dump', ['a', '--from', sandbox.write('text', 'x\n')], /text: expected a dump of CPUID/],
  ['both', ['a', '--from', dump, '--like', 'tcg'], /new: expected --from or --like, got both/],
] as const) {
  t.test(`refused: ${what}`, { buffered: true }, async t => {
    const output = sandbox.at('refused.yaml')
    const { status, stdout, stderr } = await sandbox.guise('new', ...args, '--output', output)
    t.equal(status, 2)
    t.equal(stdout, '')
    t.match(stderr, says)
    t.match(stderr, /^guise: [^\n]*\n$/, 'one line')
    t.notOk(existsSync(output), 'and nothing is written')
  })
}
