import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { execa } from 'execa'
import { encodeFrame, frameTypes, maxPicture } from '../../../runner/launch/nested/frame.js'
import { encodeStart } from '../../../runner/launch/nested/start-frame.js'
import type { Slot } from '../../../runner/launch/nested/slot.js'
import type { QemuCommand } from '../../../runner/launch/qemu-command.js'
import { EnvironmentError } from '../../../runner/errors.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import { buildAgentDriver, startAgentDriver } from './agent-driver.js'

const folder = await temporaryFolder('agent-slot')
t.teardown(() => folder[Symbol.asyncDispose]())
const program = await buildAgentDriver(folder.path)
await using agent = await startAgentDriver(program, folder.path)
const { slot } = agent
await slot.ready

const request = Buffer.from('REQUEST')

/** Runs a shell script in QEMU's place. */
function start(slot: Slot, script: string, changes: Partial<QemuCommand> = {}) {
  const command = { environment: {}, argv: ['/bin/sh', '-c', script], ...changes }
  const heard = { console: Buffer.alloc(0), stderr: '' }
  const guest = slot.run(encodeStart({ command, reportSize: 65536, request }), {
    onConsole: bytes => (heard.console = Buffer.concat([heard.console, bytes])),
    onStderr: text => (heard.stderr += text),
  })
  return { ...guest, heard }
}

/** Waits for what has to come: a test that waits for good says nothing. */
async function until(what: string, come: () => boolean): Promise<void> {
  for (const begun = Date.now(); !come();) {
    if (Date.now() - begun > 40_000) throw new Error(`no ${what} in 40 s; ${agent.stderr()}`)
    await new Promise(resolve => setTimeout(resolve, 1))
  }
}

await t.test('a heartbeat is answered', async t => {
  slot.ping()
  t.type(slot.unansweredSince, 'number')
  await until('an answer', () => slot.unansweredSince === null)
})

await t.test('files are kept by their SHA-256', async t => {
  const contents = [Buffer.alloc(3_000_000, 'kernel'), Buffer.alloc(0), Buffer.from('table')]
  const names = contents.map(content => createHash('sha256').update(content).digest('hex'))
  await Promise.all(contents.map((content, index) => slot.store(names[index] ?? '', content)))
  t.same(readdirSync(agent.store).sort(), names.toSorted())
  for (const [index, name] of names.entries()) {
    t.ok(readFileSync(join(agent.store, name)).equals(contents[index] ?? Buffer.alloc(1)))
  }
})

await t.test('console, stdout, stderr, report and status come out', async t => {
  const script = `
    printf 'to the console' >console
    printf 'to stderr' >&2
    printf 'to stdout'
    read -r text <report
    test "$(head -c 7 report)" = REQUEST || exit 1
    printf ANSWER | dd of=report bs=1 seek=4096 conv=notrunc 2>/dev/null
    exit 7`
  const guest = start(slot, script)
  t.same(await guest.exited, {
    code: 7,
    signal: null,
    failedToStart: null,
    stdout: 'to stdout',
    stderr: 'to stderr',
  })
  t.equal(guest.heard.console.toString(), 'to the console')
  t.equal(guest.heard.stderr, 'to stderr')
  const report = await guest.report()
  t.equal(report.length, 4096 + 6)
  t.equal(report.toString('latin1', 0, 8), 'REQUEST\0')
  t.equal(report.toString('latin1', 4096), 'ANSWER')
})

await t.test('what one guest leaves behind the next does not find', async t => {
  const guest = start(slot, 'test "$(tr -d "\\0" <report)" = REQUEST && exit 5')
  t.equal((await guest.exited).code, 5)
})

await t.test('every byte of a flood comes, though the guest ends with it', async t => {
  const guest = start(slot, 'exec >console; seq 1 300000')
  t.equal((await guest.exited).code, 0)
  const expected = Array.from({ length: 300_000 }, (_, index) => `${index + 1}\n`).join('')
  t.equal(guest.heard.console.toString(), expected)
})

await t.test('a guest that floods leaves no heartbeat unanswered, and can be ended', async t => {
  let bytes = 0
  // The pipe as large as it can be (F_SETPIPE_SZ is 1031), so that it is never found empty.
  const script =
    'open F, ">console"; fcntl F, 1031, 1 << 20; $x = "y" x (1 << 20); syswrite F, $x while 1'
  const argv = ['/usr/bin/perl', '-e', script]
  const command = { environment: {}, argv }
  const guest = slot.run(encodeStart({ command, reportSize: 0, request: Buffer.alloc(0) }), {
    onConsole: part => (bytes += part.length),
  })
  for (let heartbeat = 0; heartbeat < 5; heartbeat++) {
    await new Promise(resolve => setTimeout(resolve, 200))
    const before = bytes
    slot.ping()
    await until('an answer', () => slot.unansweredSince === null)
    // A MiB at a time, and what is on the way already.
    t.ok(bytes - before < 3 * 2 ** 20, `${bytes - before} bytes came before the answer`)
  }
  t.ok(bytes > 2 ** 20, 'it floods')
  guest.end()
  t.equal((await guest.exited).signal, 'SIGTERM')
})

await t.test('bytes that come one at a time are gathered', async t => {
  let frames = 0
  const script = 'exec >console; i=0; while [ $i -lt 3000 ]; do printf x; i=$((i + 1)); done'
  const command = { environment: {}, argv: ['/bin/sh', '-c', script] }
  const guest = slot.run(encodeStart({ command, reportSize: 0, request: Buffer.alloc(0) }), {
    onConsole: () => frames++,
  })
  t.equal((await guest.exited).code, 0)
  t.ok(frames > 0 && frames < 300, `${frames} frames for 3000 writes`)
})

await t.test('the report can be had while the guest runs', async t => {
  const guest = start(slot, 'read -r go <report; exec sleep 60')
  const report = await guest.report()
  t.equal(report.toString(), 'REQUEST')
  guest.end()
  t.equal((await guest.exited).signal, 'SIGTERM')
  t.equal((await guest.report()).toString(), 'REQUEST')
})

await t.test('the environment is that of the command, and nothing more', async t => {
  const guest = start(slot, 'exec env >&2', { environment: { ONE: '1', TWO: '2 3' } })
  const { stderr } = await guest.exited
  const lines = stderr.split('\n').filter(line => !/^(PWD|SHLVL|_|OLDPWD)=|^$/.test(line))
  t.same(lines.sort(), ['ONE=1', 'TWO=2 3'])
})

await t.test('a guest killed by a signal says so', async t => {
  t.match(await start(slot, 'kill -9 $$').exited, { code: null, signal: 'SIGKILL' })
})

await t.test('a guest that ignores SIGTERM is killed', async t => {
  const guest = start(slot, "trap '' TERM; echo deaf >console; while :; do sleep 0.1; done")
  await until('a word', () => guest.heard.console.length > 0)
  const before = Date.now()
  guest.end()
  guest.end()
  t.equal((await guest.exited).signal, 'SIGKILL')
  const waited = Date.now() - before
  t.ok(waited > 2500 && waited < 8000, `after ${waited} ms`)
})

await t.test('a program that is not there never ran', async t => {
  const guest = start(slot, '', { argv: ['/no/such/qemu'] })
  t.match(await guest.exited, { code: null, signal: null, failedToStart: /ENOENT/ })
  t.equal((await guest.report()).length, 0)
  t.equal((await start(slot, 'exit 3').exited).code, 3)
})

await t.test('standard input is a monitor that is asked and answers', async t => {
  let heard = ''
  // A line each way, as QEMU's monitor has it; and a file, whose end is told.
  const script = `
    $SIG{ALRM} = sub { exit 9 }; alarm 60; open M, "+<&=0";
    while (sysread M, $line, 4096) {
      open F, ">picture"; print F "P6 of $line"; close F;
      syswrite M, "answer to $line";
      exit 5 if $line =~ /quit/;
    }
    exit 6`
  const command = { environment: {}, argv: ['/usr/bin/perl', '-e', script] }
  const guest = slot.run(encodeStart({ command, reportSize: 0, request: Buffer.alloc(0) }), {
    onConsole: () => undefined,
    onAnswer: text => (heard += text),
  })
  t.equal((await guest.picture()).length, 0, 'there is none yet')
  guest.ask('screendump')
  await until('an answer', () => heard === 'answer to screendump')
  t.equal((await guest.picture()).toString(), 'P6 of screendump')
  guest.ask('quit')
  t.equal((await guest.exited).code, 5)
  t.equal(heard, 'answer to screendumpanswer to quit', 'the last answer, too')
  t.equal((await guest.picture()).length, 0)
  t.same(
    readdirSync(folder.path).filter(name => name === 'picture'),
    [],
    'nothing is left',
  )
})

await t.test('a picture is sent up to a size, and to the last byte', async t => {
  const script = (size: number) => `truncate -s ${size} picture; printf x >console; read -r line`
  for (const size of [65_536, 65_537, maxPicture, maxPicture + 1]) {
    const guest = start(slot, script(size))
    await until('a word', () => guest.heard.console.length > 0)
    t.equal((await guest.picture()).length, size > maxPicture ? 0 : size)
    guest.ask('\n')
    await guest.exited
  }
})

await t.test(
  'a guest that reads nothing of what it is asked leaves no heartbeat unanswered',
  async t => {
    const guest = start(slot, 'printf x >console; exec sleep 60')
    await until('a word', () => guest.heard.console.length > 0)
    for (let asked = 0; asked < 40; asked++) guest.ask('x'.repeat(60_000))
    slot.ping()
    await until('an answer', () => slot.unansweredSince === null)
    guest.end()
    t.equal((await guest.exited).signal, 'SIGTERM')
  },
)

/** Starts what a frame says that is no start of guise's: each field is as asked for, whatever the others are. */
async function startOdd(
  changes: Partial<Record<'report' | 'request' | 'variables' | 'arguments', number>>,
  strings = '/bin/true\0',
) {
  const header = Buffer.alloc(16)
  const fields = { report: 65536, request: 0, variables: 0, arguments: 1, ...changes }
  Object.values(fields).forEach((value, index) => header.writeUInt32LE(value, 4 * index))
  const guest = slot.run(encodeFrame(frameTypes.start, header, Buffer.from(strings)), {
    onConsole: () => undefined,
  })
  const { code, failedToStart } = await guest.exited
  return failedToStart ?? code
}

await t.test('a frame that does not hold together costs a guest, and not the host', async t => {
  t.equal(await startOdd({}), 0, 'this one does')
  t.match(await startOdd({}, '/bin/true\0x\0'), /EPROTO/, 'a word too many')
  t.match(await startOdd({}, '/bin/true\0x'), /EPROTO/, 'bytes behind the last word')
  t.match(await startOdd({}, '/bin/true'), /EPROTO/, 'a word without its end')
  t.match(await startOdd({ arguments: 2 }), /EPROTO/, 'a word too few')
  t.match(await startOdd({ arguments: 0 }), /E2BIG/, 'no program')
  t.match(await startOdd({ variables: 1025 }), /E2BIG/)
  t.match(await startOdd({ variables: 1000, arguments: 25 }), /E2BIG/)
  t.match(await startOdd({ variables: 0xffffffff, arguments: 2 }), /E2BIG/, 'a sum that overflows')
  t.match(await startOdd({ request: 11 }), /EPROTO/, 'a request that ends behind the frame')
  t.match(await startOdd({ request: 0xfffffff0 }), /EPROTO/)
  t.match(await startOdd({ request: 2, report: 1 }, 'ab/bin/true\0'), /EPROTO/, 'no room for it')
  t.equal(await startOdd({ request: 2, report: 2 }, 'ab/bin/true\0'), 0)
  t.equal((await start(slot, 'exit 3').exited).code, 3)
})

await t.test('a guest for which there are too few descriptors leaves none open', async t => {
  const open = () => readdirSync(`/proc/${agent.pid}/fd`).length
  const before = open()
  const startWith = async (files: number) => {
    await execa('prlimit', ['--pid', `${agent.pid}`, `--nofile=${files}:`])
    return (await start(slot, 'exit 3').exited).failedToStart
  }
  // The report, the console and three pipes come one after the other: each is the one that fails.
  let failed = 0
  for (; (await startWith(before + failed)) !== null; failed++) {
    t.equal(open(), before, `${failed} more`)
  }
  t.ok(failed >= 6, `${failed} descriptors more are enough`)
})

await t.test('a file that cannot be kept costs the guest, not the slot', async t => {
  await using other = await temporaryFolder('agent-slot')
  await using agent = await startAgentDriver(program, other.path)
  const { rmSync, writeFileSync } = await import('node:fs')
  rmSync(agent.store, { recursive: true, force: true })
  // The driver's store is a fixed path; a file stands where the folder was.
  rmSync(join(folder.path, 'files'), { recursive: true })
  writeFileSync(join(folder.path, 'files'), '')
  await t.rejects(
    agent.slot.store('0'.repeat(64), Buffer.alloc(200_000)),
    new EnvironmentError(
      'the nested host cannot keep a file of this guest: Not a directory. Give it more memory',
    ),
  )
  t.equal((await start(agent.slot, 'exit 4').exited).code, 4)
})

await t.test('an agent that cannot wait ends', async t => {
  await using other = await temporaryFolder('agent-slot')
  await using agent = await startAgentDriver(program, other.path)
  await agent.slot.ready
  await execa('prlimit', ['--pid', `${agent.pid}`, '--nofile=4:'])
  // The agent may wait already, as it was allowed to: what wakes it is answered, and the next time it cannot.
  await t.rejects(
    (async () => {
      for (let turn = 0; turn < 2; turn++) await start(agent.slot, 'exit 3').exited
    })(),
    { message: /^the agent ended: guise-agent: poll: Invalid argument/ },
  )
})
