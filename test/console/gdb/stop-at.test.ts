import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { stopAt } from '../../../runner/console/gdb/stop-at.js'

const address = 0xffffffff8306634cn

/** A stub for gdb whose guest stops at an address, and what it was asked; null: it ends instead. */
async function stub(t: Test, stopsAt: bigint | null, breakpoint = 'OK') {
  // A socket's path has 107 bytes at most, and a longer one is cut.
  const folder = mkdtempSync(join(tmpdir(), 'guise-test-'))
  const path = join(folder, 'g')
  const asked: string[] = []
  const server = createServer(socket => {
    socket.on('close', () => asked.push('closed'))
    socket.on('data', bytes => {
      for (const [, packet = ''] of bytes.toString().matchAll(/\$([^#]*)#/g)) {
        asked.push(packet)
        if (packet === 'c' && stopsAt === null) return socket.destroy()
        const registers = Buffer.alloc(17 * 8)
        registers.writeBigUInt64LE(stopsAt ?? 0n, 16 * 8)
        const answers: Record<string, string> = { c: 'T05thread:01;', g: registers.toString('hex') }
        const answer = answers[packet] ?? (packet.startsWith('Z') ? breakpoint : 'OK')
        socket.write(`+$${answer}#00`)
      }
      return undefined
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  t.teardown(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  return { path, asked }
}

t.test('a guest is led to an address by a breakpoint of its CPU, and stays there', async t => {
  const { path, asked } = await stub(t, address)
  await stopAt(path, address)
  await new Promise(resolve => setTimeout(resolve, 50))
  t.same(
    asked,
    ['Z1,ffffffff8306634c,1', 'c', 'g', 'z1,ffffffff8306634c,1', 'closed'],
    'without `D`, by which it would go on',
  )
})

t.test('one that does not get there is an error', async t => {
  await t.rejects(stopAt((await stub(t, address + 1n)).path, address), {
    message: 'the guest stopped at 0xffffffff8306634d instead of 0xffffffff8306634c',
  })
  await t.rejects(stopAt((await stub(t, null)).path, address), {
    message: 'QEMU closed its stub for gdb',
  })
  await t.rejects(stopAt((await stub(t, address, 'E22')).path, address), {
    message: 'QEMU takes no breakpoint at 0xffffffff8306634c: E22',
  })
})
