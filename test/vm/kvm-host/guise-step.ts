import { chmodSync } from 'node:fs'
import type { Step } from './agent-port.js'
import { shellQuote } from '../../../runner/launch/shell-quote.js'
import type { Sandbox } from '../../fixtures/sandbox.js'

/** A folder of the host's memory: guests' files do not go through the overlay of the root file system. */
const inMemory = '/run/kvm'

/** `guise ARGS…` in the emulated host: the sandbox's, which is at the same path there. */
export function guiseStep(sandbox: Sandbox, ...args: readonly string[]): Step {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env
  const own = { TMPDIR: inMemory, XDG_STATE_HOME: `${inMemory}/state` }
  return { command: sandbox.command(...args), env: { PATH, HOME, XDG_CACHE_HOME, ...own } }
}

/** A program that starts the nested host's QEMU, which needs its own dynamic loader: for `--qemu`. */
export function qemuProgram(sandbox: Sandbox, emulator: readonly string[]): string {
  const path = sandbox.write('qemu', `#!/bin/sh\nexec ${shellQuote(emulator)} "$@"\n`)
  chmodSync(path, 0o755)
  return path
}
