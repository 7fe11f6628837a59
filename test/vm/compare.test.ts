import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const cache = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }

async function compare(...words: string[]) {
  return sandbox.exec(sandbox.command('compare', ...words), { env: cache })
}

t.test('two kernels: what is known to differ, and no more', async t => {
  const output = sandbox.at('two')
  const scenarios = ['kvm-two-cpus', 'unknown-vendor']
  const both = ['debian:bullseye', 'debian:trixie-backports']
  const { status, stdout, stderr } = await compare(
    ...[...both, ...scenarios, '--accel', 'tcg', '--output', output],
  )
  t.equal(status, 1, stderr)
  t.match(stdout, /^debian:bullseye {2}kernel 5\.10\./)
  t.match(stdout, /^kvm-two-cpus\n {2}clocksource current: hpet -> tsc\n/m)
  t.match(stdout, /^ {2}because: e7ff4ebffe3b /m)
  t.match(
    stdout,
    /^2 scenarios compared: 0 the same, 2 differ, beside \d+ changes? of the kernel’s own$/m,
  )
  t.notMatch(stdout, /no cause/)

  // What lies on the disk is read, and boots nothing.
  const folders = both.map(spec => join(output, spec.replace(':', '_')))
  t.ok(folders.every(existsSync))
  const read = await compare(...folders)
  t.equal(read.status, 1)
  t.equal(read.stderr, '')
  t.equal(read.stdout.split('\n\n').slice(1).join(), stdout.split('\n\n').slice(1).join())
  const same = await compare(folders[0] ?? '', folders[0] ?? '')
  t.match(same, { status: 0, stdout: /^2 scenarios compared: 2 the same, 0 differ$/m })
  // Beside a run its own scenarios are run, and not the whole catalogue.
  const beside = await compare(folders[0] ?? '', both[0] ?? '', '--accel', 'tcg')
  t.match(beside, { status: 0, stdout: /^2 scenarios compared: 2 the same, 0 differ$/m })
  const absent = await compare(folders[0] ?? '', folders[0] ?? '', 'kvm-two-cpus', 'vmware')
  t.match(absent, { status: 2, stdout: '', stderr: /^guise: vmware: expected a scenario of /m })
  const json = await compare(...folders, 'kvm-two-cpus', '--format', 'json')
  const { compared, scenarios: found } = JSON.parse(json.stdout) as {
    compared: number
    scenarios: { changes: string[] }[]
  }
  t.equal(compared, 1)
  t.ok(found[0]?.changes.includes('+ clocksource current tsc'))
})

t.test('bad input', async t => {
  for (const [words, message] of [
    [
      ['debian:bookworm', 'nowhere', 'hyperv'],
      /^guise: nowhere: expected a kernel, qemu:SPEC, or .* got nothing of that name/m,
    ],
    [['qemu:/nowhere', 'qemu:debian:trixie', 'hyperv'], /\/nowhere/],
    [['debian:bookworm', 'debian:trixie', 'hyperv', '--kernel', 'x'], /--kernel: expected none/],
    [['debian:bookworm', 'qemu:/nowhere', 'hyperv'], /\/nowhere/],
    [['a', 'b', 'hyperv', '--tree', '/nowhere'], /\/nowhere/],
    [['a', 'b', 'hyperv', '--kconfig', 'x'], /expected --tree beside them/],
  ] as const) {
    const { status, stderr, stdout } = await compare(...words)
    t.not(status, 0, words.join(' '))
    t.match(stderr, message)
    t.equal(stdout, '')
    t.notMatch(stderr, /starting|fetching/, 'and no guest was started for the other side')
  }
})
