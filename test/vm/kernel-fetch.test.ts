import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { asLines } from '../../runner/report/setup-progress.js'
import { resolveKernel } from '../../images/kernel/resolve.js'

// Really fetched, into a cache of its own.
process.env.XDG_CACHE_HOME = t.testdir()

const aptState = () => statSync('/var/lib/apt/lists').mtimeMs

t.test("Debian's kernel is fetched, and says of itself what it says when it runs", async t => {
  const before = aptState()
  const messages: string[] = []
  const kernel = await resolveKernel('debian:bookworm', {
    onProgress: asLines(message => messages.push(message)),
  })
  t.match(kernel, {
    format: 'bzImage',
    release: /^6\.1\.0-\d+-cloud-amd64$/,
    version: /^6\.1\.\d+$/,
  })
  t.equal(kernel.config?.get('KVM_GUEST'), 'y')
  t.match(messages.at(-1), /^downloading linux-image-6\.1\.0-/)
  t.equal(aptState(), before, "the machine's own apt state is as it was")

  const log = join(process.env.XDG_CACHE_HOME ?? '', 'console')
  await execa(
    'qemu-system-x86_64',
    [
      ...[
        '-M',
        'pc',
        '-accel',
        'tcg',
        '-nodefaults',
        '-display',
        'none',
        '-m',
        '256',
        '-no-reboot',
      ],
      ...['-serial', `file:${log}`, '-kernel', kernel.path, '-append', 'console=ttyS0 panic=-1'],
    ],
    { timeout: 120_000, stdin: 'ignore' },
  )
  const banner = /Linux version .*/.exec(readFileSync(log, 'latin1'))?.[0] ?? ''
  t.ok(banner.startsWith(`Linux version ${kernel.release} `), banner)
  t.ok(banner.includes(`Debian ${kernel.version}-`), banner)
})

t.test('the second time nothing is asked of the mirror', async t => {
  const messages: string[] = []
  const onProgress = asLines(message => messages.push(message))
  const started = performance.now()
  t.match(await resolveKernel('debian:bookworm', { onProgress }), { version: /^6\.1\./ })
  t.comment(`resolved in ${Math.round(performance.now() - started)} ms`)
  t.strictSame(messages, [])
})
