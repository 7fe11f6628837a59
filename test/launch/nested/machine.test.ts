import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { EnvironmentError } from '../../../runner/errors.js'
import { type NestedHostOptions, startNestedHost } from '../../../runner/launch/nested/host.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'

const folder = await temporaryFolder('machine-test')
t.teardown(() => folder[Symbol.asyncDispose]())

/** Starts a nested host whose QEMU is this shell script; it finds its console's path in CONSOLE. */
function startWith(script: string, options: Pick<NestedHostOptions, 'signal' | 'onRestart'> = {}) {
  const qemu = join(folder.path, 'qemu')
  const findConsole =
    'for word; do case $word in file,id=console,path=*) CONSOLE=${word##*path=};; esac; done'
  writeFileSync(qemu, `#!/bin/sh\n${findConsole}\n${script}\n`)
  chmodSync(qemu, 0o755)
  const cached = { path: '/none', sha256: '0'.repeat(64), bytes: 1 }
  const image = {
    kernel: cached,
    initramfs: cached,
    emulator: [qemu],
    emulatorFiles: [],
    kernelVersion: '6.12.1',
    qemuVersion: '10.0.1',
    packages: [],
  }
  return startNestedHost(image, { slots: 2, cpus: 2, memory: 512, ...options })
}

await t.test('a QEMU that ends tells why: its words, and what the console says', async t => {
  const script =
    'echo booting >$CONSOLE; echo "Kernel panic - not syncing" >>$CONSOLE; echo no memory >&2; exit 3'
  const error: unknown = await startWith(script).catch((error: unknown) => error)
  t.type(error, EnvironmentError)
  t.equal(
    (error as Error).message,
    'the nested host did not come up: its QEMU ended: status 3, no memory\nits console: Kernel panic - not syncing',
  )
})

await t.test('a QEMU that is not there', async t => {
  await t.rejects(startWith('exec /no/such/qemu'), /did not come up: its QEMU ended: status 127/)
})

await t.test('an interrupt ends a start', async t => {
  const controller = new AbortController()
  const started = startWith('exec sleep 60', { signal: controller.signal })
  setTimeout(() => {
    controller.abort()
  }, 200)
  await t.rejects(started, { name: 'AbortError' })
})

await t.test('a machine that speaks nonsense is given up', async t => {
  const speak = `
    for word; do case $word in socket,id=slot0,path=*) PORT=\${word##*path=};; esac; done
    exec '${process.execPath}' -e 'require("net").connect(process.argv[1]).write("KERNEL PANIC"); setTimeout(() => {}, 60000)' "$PORT"`
  await t.rejects(startWith(speak), /its agent sent what guise does not understand: a frame of/)
})

const ends = {
  'is killed': ['kill -9 $$', /^its QEMU ended: SIGKILL/],
  'is stopped': ['kill -STOP $$', /^its QEMU was stopped by somebody/],
  'ends as if all were well': ['exit 0', /^its QEMU ended: status 0/],
} as const
for (const [title, [script, why]] of Object.entries(ends)) {
  await t.test(`one that ${title} while it boots is started again, twice`, async t => {
    const restarts: string[] = []
    await t.rejects(startWith(script, { onRestart: why => restarts.push(why) }), {
      name: 'EnvironmentError',
      message: /^the nested host did not come up: its QEMU /,
    })
    t.match(restarts, [why, why])
    t.equal(restarts.length, 2)
  })
}

await t.test('one that fails by itself is not', async t => {
  const restarts: string[] = []
  await t.rejects(startWith('exit 1', { onRestart: why => restarts.push(why) }))
  t.same(restarts, [])
})

const leftovers = readdirSync(tmpdir()).filter(name =>
  name.startsWith(`guise-nested-${process.pid}-`),
)
t.same(leftovers, [], 'no folder is left')
