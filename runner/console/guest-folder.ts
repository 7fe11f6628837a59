import { chownSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nobody } from '../launch/sandbox.js'
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.js'

// temporaryFolder() puts guise's process id behind the purpose.
const folderName = /^guise-[a-z-]+-(\d+)-/

// A process id may be another machine's or container's that shares the folder; no guest lives as long as this.
const staleAfterMs = 60 * 60 * 1000

/**
 * Makes the folder of what guise shares with one guest.
 *
 * @param rights - the arguments by which its QEMU gives up root's rights, where it does: it may write into the folder all the same
 * @throws EnvironmentError when there is no place for it
 */
export async function makeGuestFolder(rights: readonly string[] = []): Promise<TemporaryFolder> {
  const folder = await temporaryFolder('guest')
  if (rights.length > 0) chownSync(folder.path, nobody, nobody)
  return folder
}

/**
 * Removes the temporary folders whose guise was killed before it could (SIGKILL, a crash of the machine): those an hour old
 * whose process is gone.
 *
 * @param now - milliseconds since the epoch
 */
export function removeStaleFolders(now: number): void {
  for (const name of foldersIn(tmpdir())) {
    const pid = Number(folderName.exec(name)?.[1] ?? NaN)
    const path = join(tmpdir(), name)
    if (Number.isNaN(pid) || isAlive(pid) || !isOlder(path, now - staleAfterMs)) continue
    try {
      rmSync(path, { recursive: true, force: true })
    } catch {
      // Another user's: theirs to remove.
    }
  }
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isOlder(path: string, time: number): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < time
}
