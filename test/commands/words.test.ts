import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { Sandbox } from '../fixtures/sandbox.js'

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

t.test('list ends with the groups and how many are in each', async t => {
  const { stdout } = await sandbox.guise('list', sandbox.at('mine', 'a.yaml'))
  t.match(stdout, /^two-two {2}s\n\n3 scenarios\ngroups {2}@own 3\n$/m)
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
