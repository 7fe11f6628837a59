import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import * as z from 'zod'
import { Memo } from '../../images/memo.js'
import { EnvironmentError } from '../errors.js'

/** A QEMU binary and its version. */
export interface Qemu {
  /** The absolute path of the binary. */
  readonly path: string
  /** Such as `7.2.22`. */
  readonly version: string
}

const program = 'qemu-system-x86_64'

/**
 * Finds QEMU, by `path` or in PATH, and asks its version.
 *
 * @throws EnvironmentError when there is none, or when it does not say its version
 */
export async function findQemu(path?: string): Promise<Qemu> {
  const found = path ?? searchPath()
  if (found === null) {
    throw new EnvironmentError(
      `no ${program} in PATH: install Debian's package qemu-system-x86 (scripts/quickstart does), or give --qemu PATH`,
    )
  }
  if (!isExecutable(found)) {
    throw new EnvironmentError(
      `--qemu ${found}: expected an executable QEMU binary, got none there`,
    )
  }
  return {
    path: found,
    version: await versions.remember(identityOf(found), () => askVersion(found)),
  }
}

// Starting QEMU only to be told its version costs as much as starting guise does.
const versions = new Memo('qemu-versions', z.string())

/** What changes when a binary does. */
function identityOf(path: string): string {
  const { ino, size, mtimeMs } = statSync(path)
  return [path, ino, size, mtimeMs].join(' ')
}

async function askVersion(found: string): Promise<string> {
  const result = await execa(found, ['--version'], { reject: false, timeout: 20_000 })
  const version = /version (\d+\.\d+(?:\.\d+)*)/.exec(result.stdout)?.[1]
  if (version === undefined) {
    const said = result.failed ? result.shortMessage : (result.stdout.split('\n')[0] ?? '')
    throw new EnvironmentError(`${found} --version: expected a QEMU version, got: ${said}`)
  }
  return version
}

function searchPath(): string | null {
  const candidates = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, program))
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
