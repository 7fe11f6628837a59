import { execa } from 'execa'
import { mkdir } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'
import { FrameDecoder } from '../../../runner/launch/nested/frame.js'
import { Slot } from '../../../runner/launch/nested/slot.js'
import { packageRoot } from '../../../runner/paths.js'

/** The agent's C for one slot, running on this machine, with guise's side of the conversation. */
export interface AgentDriver extends AsyncDisposable {
  readonly pid: number
  readonly slot: Slot
  /** Where it keeps the files that are brought in. */
  readonly store: string
  /** What it wrote to stderr. */
  readonly stderr: () => string
  /** Ends the process as a crash would. */
  readonly kill: () => void
}

/** Compiles the slot, with the sanitizers to watch it. */
export async function buildAgentDriver(folder: string): Promise<string> {
  const agent = join(packageRoot, 'guest', 'agent')
  const path = join(folder, 'agent-driver')
  await execa('gcc', [
    ...['-std=gnu11', '-D_GNU_SOURCE', '-O1', '-Wall', '-Wextra', '-Werror'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover', '-o', path],
    `-DSTORE_FOLDER="${folder}/files"`,
    join(packageRoot, 'test', 'launch', 'nested', 'agent-driver.c'),
    ...['frame.c', 'guest.c', 'send.c', 'slot.c', 'store.c'].map(source => join(agent, source)),
  ])
  return path
}

/** Starts a compiled slot in `folder`. */
export async function startAgentDriver(program: string, folder: string): Promise<AgentDriver> {
  await mkdir(join(folder, 'files'), { recursive: true })
  const agent = spawn(program, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  const port = agent.stdio[3] as Duplex
  const decoder = new FrameDecoder()
  const slot = new Slot(
    frame => port.write(frame),
    () => performance.now(),
  )
  port.on('data', (bytes: Buffer) => {
    for (const frame of decoder.push(bytes)) slot.handleFrame(frame)
  })
  // What it left unread as it died; that it is gone is told below.
  port.on('error', () => undefined)
  let stderr = ''
  agent.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
  const gone = once(agent, 'close')
  // As the nested host does it: whoever waits for an answer is told that none comes.
  void gone.then(() => {
    slot.fail(new Error(`the agent ended: ${stderr}`))
  })
  return {
    pid: agent.pid ?? 0,
    slot,
    store: join(folder, 'files'),
    stderr: () => stderr,
    kill: () => agent.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      port.end()
      await gone
    },
  }
}
