import { closeSync, constants, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { execa } from 'execa'
import { inheritedFolder, startQemu } from '../../runner/launch/qemu-process.js'

t.test('a QEMU reaches the folder that it inherits, by its own descriptor', async t => {
  const path = t.testdir({ inside: 'found\n' })
  const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  t.teardown(() => {
    closeSync(folder)
  })
  const qemu = startQemu(['cat', `${inheritedFolder}/inside`], { folder })
  t.match(await qemu.exited, { code: 0, stdout: 'found\n' })
})

t.test(
  'it reaches it from a user name space of its own, as guise’s own descriptor is not',
  async t => {
    const path = t.testdir({ inside: 'found\n' })
    const script = join(path, 'probe.mjs')
    // What startQemu() does for whoever is not root, with nothing of guise's loaded that he may not read.
    writeFileSync(
      script,
      `import { spawnSync } from 'node:child_process'
     import { openSync } from 'node:fs'
     const folder = openSync(process.argv[2], 'r')
     const own = ['unshare', '--user', '--map-current-user', '--net', 'cat']
     for (const where of ['${inheritedFolder}', '/proc/' + process.pid + '/fd/' + folder]) {
       const { status } = spawnSync(own[0], [...own.slice(1), where + '/inside'], { stdio: ['ignore', 'ignore', 'ignore', folder] })
       console.log(status)
     }`,
    )
    const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', '--']
    const run = (...words: string[]) => execa('setpriv', [...nobody, ...words], { reject: false })
    const may = await run('unshare', '--user', '--map-current-user', '--net', 'cat', script)
    if (may.failed) {
      t.pass('nobody may make a user name space', { skip: may.stderr || true })
      return
    }
    const { stdout } = await run(process.execPath, script, path)
    t.equal(stdout, '0\n1')
  },
)
