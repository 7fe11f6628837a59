import { chmodSync, mkdirSync } from 'node:fs'
import { inject, kernel, reported } from './bench.js'
import { faults } from './list.js'
import { withMount } from './mounts.js'
import { loop, runReal } from './real-guest.js'

await inject('machine', faults.machine, {
  'few-files': bench =>
    bench.run({ within: ['bash', '-c', 'unset NODE_OPTIONS; ulimit -n 40; exec "$@"', 'bash'] }),
  'few-processes': async (bench, t) => {
    const { sandbox } = bench
    // Nobody else is that user, so it is guise's own threads that are counted.
    const user = ['setpriv', '--reuid', '54321', '--clear-groups']
    // The test runner's hooks write where that user may not.
    const within = ['env', '-u', 'NODE_OPTIONS', ...user]
    const trial = await sandbox.exec([...within, ...sandbox.command('--version')] as [string])
    if (trial.status !== 0) return { skip: `to be another user takes root: ${trial.stderr}` }
    for (const name of ['', 'cache', 'state', 'tmp']) chmodSync(sandbox.at(name), 0o777)
    const goOn = sandbox.at('go-on')
    const steps = [kernel, { until: goOn }, ...reported.slice(1)]
    const guise = bench.start({ within, steps })
    await bench.strikes()
    const limit = ['prlimit', `--pid=${guise.pid}`, '--nproc=1:1']
    t.match(await sandbox.exec([...within, ...limit] as [string]), { status: 0 })
    sandbox.write('go-on', '')
    return guise.ended
  },
  'little-memory': bench => {
    const qemu = bench.sandbox.write(
      'qemu',
      '#!/bin/sh\ncase "$*" in *mem-path*) ulimit -v 200000;; esac\nexec qemu-system-x86_64 "$@"\n',
    )
    chmodSync(qemu, 0o755)
    return runReal(bench, loop, qemu)
  },
  'no-pty': async bench => {
    // The one that there may be is held.
    const mounted = await withMount(
      'mount -t devpts -o newinstance,max=1,ptmxmode=666 devpts /dev/pts && exec 3<>/dev/ptmx',
    )
    return 'skip' in mounted ? mounted : bench.run(mounted)
  },
  'no-tmpdir': bench => bench.run({ env: { TMPDIR: bench.sandbox.at('nowhere') } }),
  'full-tmpdir': async bench => {
    const full = bench.sandbox.at('full')
    mkdirSync(full)
    const mounted = await withMount(`mount -t tmpfs -o size=64k tmpfs '${full}'`)
    return 'skip' in mounted ? mounted : bench.run({ ...mounted, env: { TMPDIR: full } })
  },
  'clock-set-back': bench => {
    const back = bench.sandbox.write(
      'back.cjs',
      `const now = Date.now
let set = 0
Date = class extends Date {
  constructor(...given) {
    super(...(given.length > 0 ? given : [Date.now()]))
  }
  static now() {
    return now() - set
  }
}
setTimeout(() => { set = 365 * 24 * 3600_000 }, 1000).unref()
`,
    )
    return bench.run({ env: { NODE_OPTIONS: `--require=${back}` } })
  },
})
