import * as layout from '../../runner/console/protocol/layout.js'
import { encodeHeader, encodeRecord, everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep } from '../fixtures/fake-guest.js'
import { exampleRecord } from '../fixtures/record.js'
import { hang, inject, kernel, marker, reported } from './bench.js'
import { faults } from './list.js'
import { loop, runReal, startReal, tripleFault } from './real-guest.js'

/** Puts bytes where the report of a guest lies. */
const share = (bytes: Buffer): FakeStep => ({
  share: { offset: layout.reportOffset, base64: bytes.toString('base64') },
})

await inject('guest', faults.guest, {
  'endless-line': bench =>
    bench.run({ steps: [kernel, { flood: { text: 'a', bytes: 100e6 } }, hang] }),
  'triple-fault': bench => runReal(bench, tripleFault),
  killed: async bench => {
    const started = startReal(bench, loop)
    await bench.sandbox.consoleHas('first', 'Linux version')
    for (const pid of bench.sandbox.pids('logfile=')) process.kill(pid, 'SIGKILL')
    return started.ended
  },
  silent: bench => bench.run({ steps: [kernel, hang], words: ['--timeout', '5'] }),
  panics: bench =>
    bench.run({
      steps: [
        kernel,
        { print: '[    1.000000] Kernel panic - not syncing: <script>\x1b[31m\x9b</script>\r\n' },
      ],
    }),
  'stops-in-report': bench => {
    const record = encodeRecord(everyRecord[0] ?? { type: 0, payload: '' }, 0)
    const header = encodeHeader({ state: layout.stateRunning, records: 0, bytes: 0 })
    return bench.run({ steps: [kernel, share(Buffer.concat([header, record.subarray(0, 20)]))] })
  },
  'lying-lengths': bench => {
    const state = layout.stateComplete
    const header = encodeHeader({ state, records: 2 ** 32 - 1, bytes: 2 ** 32 - 1 })
    const record = Buffer.alloc(layout.sizes.recordHeader)
    record.writeUInt32LE(layout.recordMagic, layout.offsets.recordHeader.magic)
    record.writeUInt32LE(layout.recordNote, layout.offsets.recordHeader.type)
    record.writeUInt32LE(layout.maxPayload - 1, layout.offsets.recordHeader.length)
    const offset = layout.reportOffset + header.length
    const times = Math.floor((layout.sharedMemorySize - offset) / record.length)
    const records = { share: { offset, base64: record.toString('base64'), times } }
    return bench.run({ steps: [kernel, share(header), records, marker] })
  },
  'other-version': bench => {
    const state = layout.stateComplete
    const header = encodeHeader({ state, records: 0, bytes: 0, version: 99 })
    return bench.run({ steps: [kernel, share(header), marker] })
  },
  'speaks-tap': bench =>
    bench.run({
      steps: [
        kernel,
        { print: '\r\nTAP version 14\r\n1..0 # SKIP\r\nnot ok 1 - first\r\n  ---\r\n  ...\r\n' },
        { print: '  ...\r\nok 2 - struck\r\nBail out! now\r\n# 3 pass, 0 fail\r\n1..7\r\n' },
      ],
    }),
  'speaks-json': bench =>
    bench.run({
      steps: [
        kernel,
        {
          print: `\n${JSON.stringify(exampleRecord({ scenario: 'struck' }))}\n\xff\xc0\x80\xed\xa0\x80`,
        },
      ],
    }),
  'memory-vanishes': bench =>
    bench.run({ steps: [kernel, { shrink: 'away' }, marker, { print: 'and on\r\n' }] }),
  'memory-shrinks': bench => bench.run({ steps: [...reported.slice(0, 2), { shrink: 0 }, marker] }),
})
