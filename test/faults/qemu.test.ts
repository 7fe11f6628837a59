import { chmodSync, symlinkSync } from 'node:fs'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { hang, inject, kernel, reported } from './bench.js'
import { faults } from './list.js'

const pictured = 'machine: { devices: [vmware-svga] }\ndrive: [vmware-svga]'

await inject('qemu', faults.qemu, {
  missing: bench => bench.run({ words: ['--qemu', '/no/qemu'] }),
  'not-executable': bench => {
    const qemu = bench.sandbox.write('qemu', '#!/bin/sh\nexit 0\n')
    chmodSync(qemu, 0o644)
    return bench.run({ words: ['--qemu', qemu] })
  },
  'exits-at-once': bench =>
    bench.run({
      steps: [{ complain: 'qemu-system-x86_64: unable to find CPU model\n' }, { exit: 1 }],
    }),
  crashes: bench => bench.run({ steps: [kernel, { die: 'SIGSEGV' }] }),
  vanishes: bench => {
    const qemu = bench.sandbox.at('qemu')
    symlinkSync(fakeQemu, qemu)
    const gone = bench.sandbox.at('gone')
    const remove = { start: `rm '${qemu}' && >'${gone}'` }
    const steps = [kernel, remove, { until: gone }, ...reported.slice(1)]
    return bench.run({ steps, words: ['--qemu', qemu] })
  },
  'monitor-silent': bench => bench.run({ steps: [{ monitor: '' }, ...reported], yaml: pictured }),
  'monitor-rubbish': bench =>
    bench.run({ steps: [{ monitor: 'rubbish \n'.repeat(100) }, ...reported], yaml: pictured }),
  clamours: bench =>
    bench.run({ steps: [kernel, { clamour: { text: 'a warning\n', bytes: 50e6 } }, { exit: 1 }] }),
  'leaves-a-child': bench =>
    bench.run({ steps: [kernel, { start: 'trap "" TERM; sleep 1000; :' }, { exit: 1 }] }),
  'deaf-to-sigterm': bench =>
    bench.run({
      steps: [{ ignore: 'SIGTERM' }, kernel, hang],
      words: ['--timeout', '5'],
    }),
  stopped: bench => bench.run({ steps: [kernel, { die: 'SIGSTOP' }], words: ['--timeout', '5'] }),
})
