import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { Sandbox } from '../fixtures/sandbox.js'
import { startOnTerminal } from '../fixtures/terminal.js'

const sandbox = await Sandbox.create(t)
sandbox.write('mine/a.yaml', documents('one', 'two-one', 'two-two'))
sandbox.write('mine/b.yaml', documents('three'))
sandbox.write('empty/readme.txt', '')

function documents(...names: string[]): string {
  return names
    .map(name => `name: ${name}\nsummary: s\nsource: s\ngroups: [own]\nexpect: [{}]\n`)
    .join('---\n')
}

async function listed(cwd: string, ...words: string[]): Promise<string[]> {
  const { stdout } = await sandbox.exec(sandbox.command('list', '--json', ...words), {
    cwd: sandbox.at(cwd),
  })
  return (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
}

t.test('folders, this one too, and one scenario of a file', async t => {
  t.same(await listed('mine', '.'), ['one', 'two-one', 'two-two', 'three'])
  t.same(await listed('.', 'mine/'), ['one', 'two-one', 'two-two', 'three'])
  t.same(await listed('.', 'mine/a.yaml:two-one'), ['two-one'])
  t.same(await listed('.', 'mine/a.yaml:two-*', './mine/b.yaml'), ['two-one', 'two-two', 'three'])
  t.ok((await listed('.', scenariosFolder)).includes('vmware'))
})

t.test('globs of the catalogue', async t => {
  const names = await listed('.', 'hyperv-*')
  t.ok(names.length > 3)
  t.same(
    names.filter(name => !name.startsWith('hyperv-')),
    [],
  )
})

t.test(
  'list is a line a scenario; on a terminal it ends with the groups and their counts',
  async t => {
    const file = sandbox.at('mine', 'a.yaml')
    const { stdout } = await sandbox.guise('list', file)
    t.equal(stdout, 'one      s\ntwo-one  s\ntwo-two  s\n')
    const shown = startOnTerminal(sandbox.command('list', file), { env: sandbox.env })
    t.equal(await shown.ended, 0)
    t.match(
      shown.shown().replaceAll('\r', ''),
      /^two-two {2}s\n\n3 scenarios\ngroups {2}@own 3\n$/m,
    )
  },
)

t.test('list --groups is a line a group: its count, and what it means', async t => {
  const own = await sandbox.guise('list', '--groups', sandbox.at('mine', 'a.yaml'))
  t.equal(own.stdout, '@own  3\n')
  const { stdout } = await sandbox.guise('list', '--groups', '--filter', 'group = starter')
  t.match(stdout, /^@kvm +\d+ {2}KVM, alone or beside others$/m)
  t.match(stdout, /^@starter +22 {2}a few of each kind, to begin with$/m)
  const json = await sandbox.guise(
    'list',
    '--groups',
    '--json',
    'vmware',
    sandbox.at('mine', 'b.yaml'),
  )
  t.same(JSON.parse(json.stdout), [
    { name: 'own', count: 1, meaning: null },
    {
      name: 'real',
      count: 1,
      meaning: 'hypervisors served by KVM itself: MSRs and hypercalls are answered',
    },
    { name: 'starter', count: 1, meaning: 'a few of each kind, to begin with' },
    { name: 'vmware', count: 1, meaning: 'VMware, alone or beside others' },
  ])
  const none = sandbox.write('none.yaml', 'name: a\nsummary: s\nsource: s\nexpect: [{}]\n')
  t.match(await sandbox.guise('list', '--groups', none), { status: 0, stdout: '' })
})

for (const [what, words, says] of [
  [
    'a folder without scenarios',
    ['empty/'],
    /^guise: empty\/: expected a folder with scenario files/,
  ],
  ['a folder that is not there', ['nowhere/'], /^guise: nowhere\/: expected a scenario file/],
  ['a name that is a folder here', ['mine'], /unknown scenario `mine`.*; is `\.\/mine` meant\?/],
  [
    'a name that the file lacks',
    ['mine/a.yaml:tow-one'],
    /unknown scenario `tow-one`: did you mean two-one/,
  ],
  ['a group that nobody has', ['@nosuch'], /unknown group `@nosuch`: the groups: .*@starter/],
] as const) {
  t.test(what, async t => {
    const { status, stderr } = await sandbox.exec(sandbox.command('list', ...words), {
      cwd: sandbox.path,
    })
    t.equal(status, 2)
    t.match(stderr, says)
  })
}

t.test('--filter takes some of what the words mean', async t => {
  const groups = ['--filter', 'name ~ /^two-/ and group != kvm']
  t.same(await listed('.', 'mine/', ...groups), ['two-one', 'two-two'])
  t.ok((await listed('.', '--filter', 'group = mix')).includes('kvm-behind-hyperv'))
  const { status, stdout } = await sandbox.guise('show', '@mix', '--filter', 'name ~ four-*')
  t.equal(status, 0)
  t.same(stdout.match(/^name: .*/gm), ['name: four-at-once'])
})

for (const command of [
  ['list'],
  ['run'],
  ['run', '--dry-run'],
  ['show', '*'],
  ['explain', '*'],
  ['baseline', 'check'],
  ['baseline', 'update'],
] as const) {
  t.test(`${command.join(' ')} --filter: what is wrong with it`, async t => {
    for (const [expression, says] of [
      ['grup = mix', /^guise: --filter: column 1 of .* did you mean group\?\n$/],
      [
        'group = mix and name = tcg',
        /^guise: --filter: expected an expression that holds for any of \d+ scenarios, got `group = mix and name = tcg`\n$/,
      ],
    ] as const) {
      const { status, stdout, stderr } = await sandbox.guise(...command, '--filter', expression)
      t.equal(status, 2)
      t.equal(stdout, '')
      t.match(stderr, says)
    }
  })
}

t.test('--filter beside what is read and not run', async t => {
  for (const words of [['--last'], ['record.json']]) {
    const { status, stderr } = await sandbox.guise('explain', ...words, '--filter', 'name ~ *')
    t.equal(status, 2)
    t.match(stderr, /^guise: explain: expected --filter beside a name/)
  }
})
