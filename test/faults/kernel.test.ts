import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { makeDeb } from '../images/distribution/debian/fake-archive.js'
import { bzImage, debianBanner } from '../images/kernel/synthetic.js'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { type Bench, inject, kernel, reported } from './bench.js'
import { faults } from './list.js'

/** Runs the three guests on a kernel by that name. */
const runOn = (bench: Bench, spec: string) => {
  const { sandbox, format, output } = bench
  const file = sandbox.writeScenarios({ first: { steps: reported } })
  const words = ['--format', format, '--output', output, '--accel', 'tcg', '--qemu', fakeQemu]
  return sandbox.guise('run', file, '--kernel', spec, ...words)
}

await inject('kernel', faults.kernel, {
  truncated: bench => {
    const image = bzImage()
    return runOn(bench, bench.sandbox.write('cut', image.subarray(0, image.length - 64)))
  },
  device: bench => runOn(bench, '/dev/zero'),
  fifo: bench => {
    execFileSync('mkfifo', [bench.sandbox.at('fifo')])
    return runOn(bench, bench.sandbox.at('fifo'))
  },
  replaced: async bench => {
    const goOn = bench.sandbox.at('go-on')
    const steps = [kernel, { until: goOn }, ...reported.slice(1)]
    const guise = bench.start({ steps })
    await bench.strikes()
    writeFileSync(bench.sandbox.kernel, bzImage({ banner: debianBanner.replace('#1', '#2') }))
    writeFileSync(goOn, '')
    return guise.ended
  },
  'deb-traversal': async (bench, t) => {
    const { sandbox } = bench
    const root = sandbox.at('linux-image-6.1.0-1-amd64_1')
    mkdirSync(`${root}/boot`, { recursive: true })
    writeFileSync(sandbox.at('secret'), 'secret')
    symlinkSync(sandbox.at('secret'), `${root}/boot/vmlinuz-6.1.0-1-amd64`)
    symlinkSync('../../../../../../secret', `${root}/boot/config-6.1.0-1-amd64`)
    const deb = makeDeb(sandbox.path, { name: 'linux-image-6.1.0-1-amd64', version: '1' })
    const result = await runOn(bench, deb)
    t.not((await sandbox.exec(['grep', '-rl', 'secret', sandbox.at('cache')])).status, 0)
    return result
  },
  bomb: bench => {
    const { sandbox } = bench
    const root = sandbox.at('linux-image-6.1.0-1-amd64_1')
    mkdirSync(`${root}/boot`, { recursive: true })
    writeFileSync(`${root}/boot/vmlinuz-6.1.0-1-amd64`, bzImage())
    writeFileSync(`${root}/boot/config-6.1.0-1-amd64`, '')
    truncateSync(`${root}/boot/config-6.1.0-1-amd64`, 2 ** 26)
    return runOn(bench, makeDeb(sandbox.path, { name: 'linux-image-6.1.0-1-amd64', version: '1' }))
  },
})
