import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { type OnTerminal, startOnTerminal } from '../fixtures/terminal.js'

// The kernel and busybox are in the user's own cache: fetched once, not by each test.
export const { XDG_CACHE_HOME } = process.env
export const patienceMs = 60_000
export const prompt = 'vmware:/root# '

/** Somebody who sits at a guest. */
export interface Sitting {
  readonly sandbox: Sandbox
  readonly terminal: OnTerminal
  /** Types a line, and waits until the terminal has shown `answer` behind what was there before. */
  readonly say: (line: string, answer: string) => Promise<void>
  /** Waits until the terminal shows a text. */
  readonly sees: (text: string | RegExp) => Promise<void>
  /** Waits for the shell that guise was started from: guise's exit status, and the terminal's state before and after. */
  readonly left: () => Promise<{ status: string; before: string; after: string }>
}

/** The guests of a sandbox: their QEMUs work in its temporary folders. */
export function qemus(sandbox: Sandbox): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(sandbox.env.TMPDIR ?? '')
      } catch {
        return false
      }
    })
    .map(Number)
}

/** A folder for temporary ones whose path is short: gdb finds QEMU by it, and a socket's name must hold it. */
function shortFolder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'guise-test-'))
  t.teardown(() => {
    rmSync(path, { recursive: true })
  })
  return path
}

/** Sits at a guest on a terminal of its own, in which a shell starts guise as one's own would. */
export async function sitAt(t: Test, ...args: string[]): Promise<Sitting> {
  const sandbox = await Sandbox.create(t)
  if (args.includes('--gdb')) sandbox.env.TMPDIR = shortFolder(t)
  const guise = sandbox.command('shell', 'vmware', '--accel', 'tcg', ...args)
  const [before, after, status] = ['before', 'after', 'status'].map(name => sandbox.at(name))
  // Where guise was killed, the shell may be faster than what gives the terminal back.
  const script = `stty -g >'${before ?? ''}'; "$@"; status=$?; echo $status >'${status ?? ''}'
tries=0; while [ $status = 137 ] && [ $tries -lt 100 ] && [ "$(stty -g)" != "$(cat '${before ?? ''}')" ]
do sleep 0.1; tries=$((tries + 1)); done
stty -g >'${after ?? ''}'`
  const terminal = startOnTerminal(['/bin/sh', '-c', script, 'sh', ...guise], {
    env: { ...sandbox.env, XDG_CACHE_HOME },
    columns: 91,
  })
  t.teardown(() => {
    terminal.close()
  })
  const shows = async (text: string | RegExp, from = 0) => {
    const shown = () => terminal.shown().slice(from)
    try {
      const isThere = () => (typeof text === 'string' ? shown().includes(text) : text.test(shown()))
      await until(isThere, patienceMs)
    } catch {
      throw new Error(`expected ${String(text)}, got ${JSON.stringify(shown().slice(-600))}`)
    }
  }
  return {
    sandbox,
    terminal,
    sees: text => shows(text),
    async say(line, answer) {
      const from = terminal.shown().length
      terminal.type(`${line}\r`)
      await shows(answer, from)
    },
    async left() {
      await until(() => sandbox.has('after') && sandbox.read('after').endsWith('\n'), patienceMs)
      const read = (name: string) => sandbox.read(name)
      return { status: read('status').trim(), before: read('before'), after: read('after') }
    },
  }
}

/** Nothing of guise's is left, and the terminal is as it was. */
export async function leavesNothing(
  t: Test,
  { sandbox, terminal, left }: Sitting,
): Promise<string> {
  const { status, before, after } = await left()
  t.match(before, /^([0-9a-f]+:){4}/)
  t.equal(after, before, 'the terminal is as it was')
  const shown = terminal.shown()
  t.match(shown.slice(-2000), /\[\?25h.*\[\?2004l.*\[0m/s, 'and so are its modes')
  await until(() => [...sandbox.processes(), ...qemus(sandbox)].length === 0, 10_000)
  t.strictSame(readdirSync(sandbox.env.TMPDIR ?? ''), [])
  return status
}

/** Types Ctrl-C, and waits for the prompt. */
export async function interrupt(terminal: OnTerminal): Promise<void> {
  const from = terminal.shown().length
  terminal.type('\x03')
  await until(() => terminal.shown().slice(from).includes(prompt), patienceMs)
}
