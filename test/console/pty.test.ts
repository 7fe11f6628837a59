import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { openPty } from '../../runner/console/pty.js'

/** Writes as QEMU does: byte by byte, until the terminal takes no more without waiting. */
function opened(t: Test) {
  const chunks: Buffer[] = []
  const pty = openPty(bytes => chunks.push(bytes))
  const file = openSync(pty.path, 'w')
  t.teardown(() => {
    closeSync(file)
    pty[Symbol.dispose]()
  })
  return {
    pty,
    chunks,
    text: () => Buffer.concat(chunks).toString(),
    write: (text: string) => {
      for (const byte of Buffer.from(text)) writeSync(file, Buffer.of(byte))
    },
  }
}

t.test('what is written while it rests comes with the next reading', async t => {
  const { chunks, text, write } = opened(t)
  let written = ''
  for (let line = 0; line < 50; line += 1) {
    write(`line ${line};`)
    written += `line ${line};`
    await sleep(1)
  }
  while (text().length < written.length) await sleep(5)
  t.equal(text(), written)
  t.ok(chunks.length < 50, `${chunks.length} readings of ${written.length} bytes`)
})

t.test('drain() takes all that is there, in the middle of a rest, too', async t => {
  const { pty, text, write } = opened(t)
  write('first')
  while (text() !== 'first') await sleep(1)
  write('the rest')
  await pty.drain()
  t.equal(text(), 'firstthe rest')
})

t.test('after pause() nothing more is taken', async t => {
  const { pty, text, write } = opened(t)
  write('first')
  while (text() !== 'first') await sleep(1)
  pty.pause()
  write('the rest')
  await sleep(40)
  t.equal(text(), 'first')
})

t.test('what is typed comes to QEMU, also a large paste that has to wait for room', async t => {
  const { pty } = opened(t)
  const file = openSync(pty.path, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK)
  t.teardown(() => {
    closeSync(file)
  })
  // As QEMU does (tty_serial_init() in its chardev/char-serial.c).
  await execa('stty', ['-F', pty.path, 'raw', '-echo'])
  const typed = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) & 0xff))
  pty.type(typed.subarray(0, 100_000))
  pty.type(typed.subarray(100_000))
  const parts: Buffer[] = []
  for (let size = 0; size < typed.length;) {
    try {
      const part = Buffer.alloc(65_536)
      const got = readSync(file, part)
      parts.push(part.subarray(0, got))
      size += got
    } catch (error) {
      t.equal((error as NodeJS.ErrnoException).code, 'EAGAIN')
      await sleep(5)
    }
  }
  t.ok(Buffer.concat(parts).equals(typed))
})
