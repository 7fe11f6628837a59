import { chmodSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { confineProgram } from '../../runner/paths.js'

const self = String(process.pid)
const confine = (...words: string[]) => execa(confineProgram, words, { reject: false })

/** The same as a user who is not root. */
const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--', confineProgram]
const confineAsNobody = (...words: string[]) =>
  execa('setpriv', [...nobody, ...words], { reject: false })

t.test('a command gets its words, its status is passed on', async t => {
  const words = ['two words', '', '*']
  const { stdout, exitCode } = await confine(
    self,
    '0',
    'sh',
    '-c',
    'printf "%s|" "$@"; exit 7',
    ...['sh', ...words],
  )
  t.equal(stdout, 'two words||*|')
  t.equal(exitCode, 7)
})

t.test('what cannot be run says so, with the status of env(1)', async t => {
  const file = join(t.testdir({ text: 'no program' }), 'text')
  t.match(await confine(self, '0', '/no/such/program'), {
    exitCode: 127,
    stderr: 'guise: cannot run /no/such/program: No such file or directory',
  })
  chmodSync(file, 0o644)
  t.match(await confine(self, '0', file), {
    exitCode: 126,
    stderr: `guise: cannot run ${file}: Permission denied`,
  })
})

t.test('nothing is run for a parent that is gone', async t => {
  const { exitCode, stdout } = await confine(String(process.ppid), '0', 'echo', 'run')
  t.equal(exitCode, 1)
  t.equal(stdout, '')
})

t.test('root has an empty network, and needs no user name space', async t => {
  if (!(await confine()).stdout.startsWith('root')) {
    t.pass('', { skip: 'this user may not make a network name space' })
    return
  }
  const { stdout } = await confine(self, '0', 'readlink', '/proc/self/ns/net', '/proc/self/ns/user')
  const [network, user] = stdout.split('\n')
  t.match(network, /^net:/)
  t.not(network, readlinkSync('/proc/self/ns/net'))
  t.equal(user, readlinkSync('/proc/self/ns/user'))
})

t.test('another user has it by a user name space, where he stays who he is', async t => {
  if ((await confineAsNobody()).stdout !== 'user-namespace') {
    t.pass('', { skip: 'nobody may make a user name space here' })
    return
  }
  // setpriv(1) becomes the program, so that its parent is this test.
  const { stdout } = await confineAsNobody(
    self,
    '0',
    'sh',
    '-c',
    'readlink /proc/self/ns/net; id -u',
  )
  const [network, user] = stdout.split('\n')
  t.match(network, /^net:/)
  t.not(network, readlinkSync('/proc/self/ns/net'))
  t.equal(user, '65534')
})

t.test('where neither is let, it runs in the network that is there', async t => {
  // A user name space in which no other can be made: user_namespaces(7), /proc/sys/user.
  const script = join(t.testdir(), 'script')
  writeFileSync(
    script,
    `#!/bin/sh
echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces || exit 9
readlink /proc/self/ns/net
'${confineProgram}'
'${confineProgram}' $$ 0 readlink /proc/self/ns/net
`,
  )
  chmodSync(script, 0o755)
  const { exitCode, stdout } = await execa('unshare', ['--user', '--map-root-user', script], {
    reject: false,
  })
  if (exitCode !== 0) {
    t.pass('', { skip: 'this machine lets nobody limit name spaces' })
    return
  }
  const [before = '', means, network] = stdout.split('\n')
  t.match(before, /^net:/)
  // In that name space there is one user alone.
  t.equal(means, 'none')
  t.equal(network, before)
})

t.test('what it may take is limited, and what is limited lower stays so', async t => {
  const told = ['sh', '-c', 'ulimit -d; ulimit -f; ulimit -c']
  // sh(1): in KiB, and in blocks of 512 bytes.
  const limits = async (...words: string[]) => (await confine(...words)).stdout.split('\n')
  t.same(await limits(self, '100', ...told), ['102400', '524288', '0'])
  t.same(await limits(self, '0', ...told), ['unlimited', '524288', '0'])
  const inner = `ulimit -d 5000; '${confineProgram}' $$ 100 sh -c 'ulimit -d'`
  t.equal((await execa('sh', ['-c', inner])).stdout, '5000')
})

t.test(
  'root’s programs get no rights by another program, and whether they may be nobody is said',
  async t => {
    if (process.geteuid?.() !== 0) {
      t.pass('', { skip: 'not root' })
      return
    }
    t.equal((await confine()).stdout.split(' ')[1], 'nobody')
    t.equal((await confineAsNobody()).stdout.split(' ')[1], undefined)
    const { stdout } = await confine(self, '0', 'grep', 'NoNewPrivs', '/proc/self/status')
    t.match(stdout, /^NoNewPrivs:\s+1$/)
  },
)
