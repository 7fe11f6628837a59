import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { sampleGuest } from '../../../runner/console/look/sample-guest.js'
import { shownCpu } from './states.js'

const rip = 'ffffffff81058cf6'

/** A QEMU's monitor that answers by `answers`, and what it was asked. */
async function monitor(
  t: Test,
  answers: (line: string) => string | null,
): Promise<{ path: string; asked: string[] }> {
  // A socket's path has room for 107 bytes, which that of a fixture may exceed.
  const folder = mkdtempSync(join(tmpdir(), 'guise-test-'))
  t.teardown(() => {
    rmSync(folder, { recursive: true })
  })
  const path = join(folder, 'monitor')
  const asked: string[] = []
  const server = createServer(socket => {
    const send = (value: unknown) => socket.write(`${JSON.stringify(value)}\n`)
    send({ QMP: { version: {}, capabilities: [] } })
    socket.on('data', bytes => {
      for (const line of bytes.toString().trim().split('\n')) {
        const { execute, arguments: args } = JSON.parse(line) as {
          execute: string
          arguments: { 'command-line'?: string }
        }
        const command = args['command-line']
        asked.push(command ?? execute)
        send({ event: 'STOP' })
        const answer = command === undefined ? {} : answers(command)
        if (answer === '…') return
        if (answer === null) send({ error: { class: 'GenericError', desc: 'no' } })
        else send({ return: answer })
      }
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  t.teardown(() => server.close())
  return { path, asked }
}

t.test('a guest is stopped for each look, and goes on', async t => {
  const { path, asked } = await monitor(t, line =>
    line === 'info registers -a'
      ? `\r\nCPU#0\r\n${shownCpu({ rip: '1', halted: true })}\nCPU#1\n${shownCpu({ rip, rsp: 'ffffffff82c03e18' })}`
      : line.includes('gx')
        ? 'ffffffff82c03e18: 0xffffffff81056800 0x0000000000000010\r\n'
        : `0x${rip}:  0f 22 e7   movq     %rdi, %cr4\r\n`,
  )
  const { samples, instructions } = await sampleGuest(path, () => null)
  t.equal(samples.length, 8)
  const [first] = samples
  t.equal(first?.cpu.cpu, 1, 'the one that executes')
  t.equal(first?.allHalted, false)
  t.same(first?.stack, [0xffffffff81056800n, 0x10n])
  t.same([...instructions], [[0xffffffff81058cf6n, 'movq %rdi, %cr4']])
  t.same(asked.slice(0, 6), [
    'qmp_capabilities',
    'stop',
    'info registers -a',
    'x/96gx 0xffffffff82c03e18',
    'x/1i 0xffffffff81058cf6',
    'cont',
  ])
})

t.test('the last look is none of an interrupt, which is served on a stack of its own', async t => {
  let looks = 0
  const { path } = await monitor(t, line => {
    if (line !== 'info registers -a') return ''
    looks += 1
    const rsp = looks >= 8 && looks <= 10 ? 'fffffe0000003fd8' : 'ffffffff82c03e18'
    return `CPU#0\n${shownCpu({ rip, rsp })}`
  })
  const { samples, steps } = await sampleGuest(path, () => null)
  t.equal(samples.length, 11)
  t.same(steps, [], 'a QEMU without a stub for gdb is looked at all the same')
})

t.test('a QEMU that does not lead its guest in time leaves the looks', async t => {
  const { path } = await monitor(t, line =>
    line === 'info registers -a'
      ? `CPU#0\n${shownCpu({ rip, rsp: 'ffffffff82c03e18' })}`
      : line.startsWith('gdbserver')
        ? '…'
        : '',
  )
  const { samples, steps } = await sampleGuest(path, () => null, 2000)
  t.equal(samples.length, 8)
  t.same(steps, [])
})

t.test('a QEMU that will not say, or is not there, is an error', async t => {
  const { path } = await monitor(t, () => null)
  const refused = await sampleGuest(path, () => null).catch((error: unknown) => error)
  t.match(refused, { message: 'no' })
  const gone = await sampleGuest(`${path}-of-nobody`, () => null).catch((error: unknown) => error)
  t.match(gone, { code: 'ENOENT' })
})
