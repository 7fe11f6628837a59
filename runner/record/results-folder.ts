import { rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFileSync } from '../cache/atomic-write.js'
import { type HeldLock, lockIfFree } from '../cache/lock.js'
import { doingThere, InputError } from '../errors.js'
import { makeFolders } from '../make-folders.js'
import type { GuiseRecord } from './schema.js'
import { makeOwnFolder, type ResultsKind } from './run-history.js'
import { manifestPath, type RunManifest } from './run-manifest.js'

/**
 * Makes the folder for records and consoles: `asked`, or one of its own under XDG_STATE_HOME.
 *
 * @param kind - among which of them
 * @throws EnvironmentError when it can't be made or written to
 */
export function makeResultsFolder(asked: string | undefined, kind: ResultsKind, now: Date): string {
  return doingThere(asked ?? `the ${kind} under XDG_STATE_HOME`, 'write results', () => {
    if (asked === undefined) return makeOwnFolder(kind, now)
    makeFolders(asked)
    // An unwritable folder is better found now than after the first guest.
    const trial = join(asked, `.trial-${process.pid}`)
    writeFileSync(trial, '')
    rmSync(trial)
    return asked
  })
}

/**
 * Keeps other runs out of a results folder until it is disposed of: a second run.json would disown the records of the first.
 *
 * @throws InputError where another run writes there
 */
export async function holdResultsFolder(path: string): Promise<HeldLock> {
  const held = await lockIfFree(path)
  if (held !== null) return held
  throw new InputError(
    `${path}: expected a folder that no other run writes to, got one where a run goes on`,
  )
}

/** Removes a folder of a run that came to nothing, unless something is in it. */
export function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // Something is in it, or somebody else removed it.
  }
}

/** Writes what a run says of itself, whole or not at all. */
export function writeManifest(resultsFolder: string, manifest: RunManifest): void {
  writeResult(manifestPath(resultsFolder), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Where a kernel's consoles and records are kept; made when it is not there. */
export function kernelFolder(output: string, label: string): string {
  // A release that is no name is refused where it is read; no label may lead out of the folder all the same.
  const path = join(output, label.replaceAll(/[^\w.+~:@^=,-]|^\.+/g, '_'))
  return doingThere(path, 'write results', () => {
    makeFolders(path)
    return path
  })
}

/** Writes a record beside its console, whole or not at all. */
export function writeRecord(folder: string, record: GuiseRecord): void {
  writeResult(join(folder, `${record.scenario}.json`), `${JSON.stringify(record, null, 2)}\n`)
}

/**
 * Writes a file of results, whole or not at all.
 *
 * @throws EnvironmentError when it can't be written
 */
export function writeResult(path: string, content: string | Uint8Array): void {
  doingThere(path, 'write results', () => {
    replaceFileSync(path, content)
  })
}
