import { release } from 'node:os'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import * as z from 'zod'
import { fileIdentity } from '../cache/file-identity.js'
import { Memo } from '../cache/memo.js'
import { EnvironmentError } from '../errors.js'
import { type AnsweredExit, endedWithin } from './ended-within.js'
import { givesUpRights } from './gives-up-rights.js'
import { rightsArguments, sandboxArguments } from './sandbox.js'
import { startQemu } from './qemu-process.js'
import { scriptDoes } from '../installation.js'

/** A QEMU binary and its version. */
export interface Qemu {
  /** The path of the binary. */
  readonly path: string
  /** How `--qemu` names it: by its path, or as `debian:trixie`. */
  readonly name: string
  /** Its command, without options: the path alone, or its own dynamic loader before it. */
  readonly command: readonly string[]
  /** Such as `7.2.22`. */
  readonly version: string
  /** Whether it and this machine's kernel know `-sandbox` as {@link sandboxArguments} has it. */
  readonly sandbox: boolean
  /** The arguments by which one that root starts gives up root's rights; none without it. */
  readonly rights?: readonly string[]
}

/** The name by which guise looks for QEMU in PATH. */
export const qemuName = 'qemu-system-x86_64'

/** There is no QEMU in PATH. */
export class NoQemuError extends EnvironmentError {}

/**
 * Finds QEMU, by `path`, by its name in PATH, or by its usual name there, and asks its version.
 *
 * @param signal - ends the question; what it throws is its reason
 * @throws NoQemuError when none is in PATH
 * @throws EnvironmentError when `path` is no program, or when it does not say its version
 */
export async function findQemu(path?: string, signal?: AbortSignal): Promise<Qemu> {
  const inPath = searchPath(path ?? qemuName)
  const found = path === undefined || !path.includes('/') ? (inPath ?? path ?? null) : path
  if (found === null) {
    throw new NoQemuError(
      `no ${qemuName} in PATH: install Debian's package qemu-system-x86${scriptDoes(' (scripts/quickstart does)')}, or give --qemu PATH`,
    )
  }
  if (!isExecutable(found)) {
    throw new EnvironmentError(
      `--qemu ${found}: expected an executable QEMU binary, got none there`,
    )
  }
  return askQemu({ path: found, name: found, command: [found] }, signal)
}

/**
 * Asks a QEMU what it is.
 *
 * @throws EnvironmentError when it does not say its version
 */
export async function askQemu(
  qemu: Pick<Qemu, 'path' | 'name' | 'command'>,
  signal?: AbortSignal,
): Promise<Qemu> {
  const { path, command } = qemu
  const identity = await fileIdentity(path)
  const version = await versions.getOrCompute(identity, () => askVersion(command, signal))
  return {
    ...qemu,
    version,
    rights: (await givesUpRights()) ? rightsArguments(version) : [],
    sandbox: await hasSandbox(command, identity, signal),
  }
}

// Starting QEMU only to be told its version costs as much as starting guise does.
const versions = new Memo('qemu-versions', z.string())

const sandboxes = new Memo('qemu-sandboxes', z.literal(true))

/**
 * A QEMU that was built without seccomp(2), or whose kernel has none, says so before it lists its CPU models, which it does without a
 * machine. Only a yes is remembered: a no may be a busy machine's.
 */
async function hasSandbox(
  command: readonly string[],
  identity: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const key = `${identity} ${release()} ${sandboxArguments.join(' ')}`
  if (sandboxes.get(key) !== undefined) return true
  const question = [...command, '-machine', 'none', ...sandboxArguments, '-cpu', 'help']
  const { code } = await endedWithin(startQemu(question), answerMs, signal)
  if (code !== 0) return false
  await sandboxes.set(key, true)
  return true
}

async function askVersion(
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const exit = await endedWithin(startQemu([...command, '--version']), answerMs, signal)
  const version = /version (\d+\.\d+(?:\.\d+)*)/.exec(exit.stdout)?.[1]
  if (version === undefined) {
    throw new EnvironmentError(
      `${command.join(' ')} --version: expected a QEMU version, got: ${describeAnswer(exit)}`,
    )
  }
  return version
}

/** How long a QEMU may take to answer a question without a guest, in milliseconds. */
const answerMs = 20_000

function describeAnswer(exit: AnsweredExit): string {
  const { inTime, failedToStart, stdout, stderr, code, signal } = exit
  if (!inTime) return `no answer in ${answerMs / 1000} s`
  if (failedToStart !== null) return failedToStart
  const said = `${stdout}\n${stderr}`.split('\n').find(line => line.trim() !== '')
  return said ?? `nothing, and status ${code ?? signal ?? 'none'}`
}

function searchPath(name: string): string | null {
  const candidates = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, name))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
