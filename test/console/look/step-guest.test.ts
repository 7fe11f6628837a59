import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stepGuest } from '../../../runner/console/look/step-guest.js'

/** A stub for gdb whose CPU executes `count` instructions and then none more, and what it was asked. */
async function stub(
  t: Test,
  count: number,
  delayMs = 0,
): Promise<{ path: string; asked: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'guise-test-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  const path = join(folder, 'gdb')
  const asked: string[] = []
  let at = 0
  const server = createServer(socket => {
    socket.on('close', () => asked.push('closed'))
    socket.on('data', bytes => {
      for (const [, packet = ''] of bytes.toString().matchAll(/\$([^#]*)#/g)) {
        asked.push(packet)
        if (packet.startsWith('vCont')) at += 1
        if (at > count) return
        const registers = Buffer.alloc(17 * 8)
        registers.writeBigUInt64LE(0xffffffff82a03d28n, 7 * 8)
        registers.writeBigUInt64LE(0xffffffff81000000n + BigInt(at), 16 * 8)
        const answer = packet === 'g' ? registers.toString('hex') : packet[0] === 'H' ? 'OK' : 'T05'
        // Halves of a packet come alone, too.
        socket.write(`+$${answer.slice(0, 1)}`)
        setTimeout(() => socket.write(`${answer.slice(1)}#00`), delayMs)
      }
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  t.teardown(() => server.close())
  return { path, asked }
}

t.test('a CPU is led step by step, and every place of it is told', async t => {
  const { path, asked } = await stub(t, 1e6)
  const steps = await stepGuest(path, 1, 20_000)
  t.equal(steps.length, 400)
  t.same(steps[0], { instruction: 0xffffffff81000000n, stack: 0xffffffff82a03d28n })
  t.equal(steps.at(-1)?.instruction, 0xffffffff81000000n + 399n)
  t.same(asked.slice(0, 4), ['Hg2', 'g', 'vCont;s:2', 'g'], 'QEMU counts its threads from 1')
})

t.test('an instruction that never completes ends it, and what was seen stays', async t => {
  const { path, asked } = await stub(t, 2)
  t.equal((await stepGuest(path, 0, 200)).length, 3)
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(asked.at(-1), 'closed')
})

t.test('a busy QEMU is waited for as long as it answers at all', async t => {
  const { path } = await stub(t, 1e6, 2)
  t.equal((await stepGuest(path, 0, 1000)).length, 400, 'which takes longer than one answer may')
})

t.test('where nobody listens is an error', async t => {
  const gone = await stepGuest('/nowhere/gdb', 0, 200).catch((error: unknown) => error)
  t.match(gone, { code: 'ENOENT' })
})
