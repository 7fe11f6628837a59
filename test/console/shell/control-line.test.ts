import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openControlLine } from '../../../runner/console/shell/control-line.js'
import { encodeSize, encodeStart, type Frame } from '../../../runner/console/shell/frames.js'
import { until } from '../../fixtures/sandbox.js'

const purpose = {
  name: 'n',
  term: 'xterm',
  size: { rows: 24, columns: 80 },
  command: null,
  request: Buffer.alloc(0),
}
const hello = Buffer.from('100000000400000001000000', 'hex')
const output = (text: string) => {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(17)
  header.writeUInt32LE(text.length, 4)
  return Buffer.concat([header, Buffer.from(text)])
}

async function opened(t: Test, onFrame: (frame: Frame) => Promise<void>) {
  // A socket's path has 107 bytes at most, and a longer one is cut.
  const folder = mkdtempSync(join(tmpdir(), 'guise-test-'))
  const path = join(folder, 'c')
  const troubles: string[] = []
  const line = await openControlLine(path, purpose, {
    onFrame,
    onTrouble: error => troubles.push(error.message),
  })
  const guest = createConnection(path)
  const heard: Buffer[] = []
  guest.on('data', (bytes: Buffer) => heard.push(bytes))
  await once(guest, 'connect')
  t.teardown(async () => {
    guest.destroy()
    await line[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  return { line, guest, troubles, heard: () => Buffer.concat(heard) }
}

t.test(
  'the hello is answered with the size that the terminal has by then, and later ones follow',
  async t => {
    const { line, guest, heard } = await opened(t, () => Promise.resolve())
    line.resize({ rows: 30, columns: 100 })
    guest.write(hello)
    const start = encodeStart({ ...purpose, size: { rows: 30, columns: 100 } })
    await until(() => heard().length >= start.length)
    t.same(heard(), start)
    line.resize({ rows: 40, columns: 120 })
    await until(() => heard().length > start.length + 8)
    t.same(heard().subarray(start.length), encodeSize({ rows: 40, columns: 120 }))
  },
)

t.test(
  'what comes is told in order, each when the one before is dealt with, and all before it is drained',
  async t => {
    const told: string[] = []
    const { line, guest } = await opened(t, async ({ payload }) => {
      await new Promise(resolve => setTimeout(resolve, 5))
      told.push(payload.toString())
    })
    guest.write(Buffer.concat([hello, output('a'), output('b')]))
    await until(() => told.length > 0)
    guest.end(output('c'))
    await line.drained()
    t.same(told, ['a', 'b', 'c'])
  },
)

t.test('what is no frame ends it', async t => {
  const { line, guest, troubles } = await opened(t, () => Promise.resolve())
  guest.write(Buffer.concat([hello, Buffer.alloc(8, 0xff)]))
  await line.drained()
  t.match(troubles, [/a frame of 4294967295 bytes/])
})
