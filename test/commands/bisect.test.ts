import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)

t.test('what can be no bisection is told before a kernel is fetched or built', async t => {
  const config = sandbox.write('no.config', 'a word\n')
  const ends = ['--good', 'debian:bookworm', '--bad', 'debian:trixie']
  for (const [words, message] of [
    [
      ['kvm', '--accel', 'tcg', ...ends],
      /--accel tcg: expected .* fidelity kvm, which kvm needs$/m,
    ],
    [['hyperv', '--until', 'colour=red', ...ends], /--until: expected .*got `colour=red`$/m],
    [['hyperv', '--kernel', 'x', ...ends], /--kernel: expected none/],
    [['hyperv', '--good', '6.1', '--bad', '6.12'], /--good: expected a packaged kernel/],
    [['hyperv', '--tree', sandbox.path, ...ends], /--tree: expected revisions of it/],
    [
      ['hyperv', '--tree', sandbox.path, '--good', 'a', '--bad', 'b', '--kconfig', config],
      /no\.config:1: expected CONFIG_NAME=VALUE or a comment, got `a word`$/m,
    ],
    [
      ['hyperv', '--tree', sandbox.path, '--good', 'a', '--bad', 'b'],
      /--good a: expected a commit of \S+, got no /,
    ],
    [['nowhere', ...ends], /unknown scenario `nowhere`/],
  ] as const) {
    const { status, stdout, stderr } = await sandbox.guise('bisect', ...words)
    t.equal(status, 2, words.join(' '))
    t.equal(stdout, '')
    t.match(stderr, message)
    t.equal(stderr.split('\n').length, 2, 'one line')
  }
})
