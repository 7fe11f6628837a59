import { basename, delimiter, dirname, relative, resolve, sep } from 'node:path'
import { qemuName } from '../launch/qemu.js'
import { shellQuote } from '../launch/shell-quote.js'
import { packageRoot, scenariosFolder } from '../paths.js'
import type { GuiseRecord } from '../record/schema.js'

/** The parts of a process that say by which name it was called. */
export interface CalledAs {
  /** Of scripts/guise: $0. */
  readonly command: string | undefined
  /** The file that Node was given. */
  readonly script: string
  readonly path: string
}

/** The name by which guise was called, so that a command which is printed works when it is pasted. */
export function calledAs({ command, script, path }: CalledAs): string {
  const name = command ?? script
  if (path.split(delimiter).includes(dirname(name))) return basename(name)
  if (command !== undefined) return shellQuote([command])
  // A package's command is a link in a folder of PATH; the file itself is started by Node.
  return script.startsWith(packageRoot + sep) ? `node ${shellQuote([script])}` : basename(script)
}

/** A command line of guise's that works when it is pasted into a POSIX shell. */
export function guiseCommand(...args: readonly string[]): string {
  const name = calledAs({
    command: process.env.GUISE_COMMAND,
    script: process.argv[1] ?? 'guise',
    path: process.env.PATH ?? '',
  })
  return `${name} ${shellQuote(args)}`
}

/** The word of the command line that means a record's scenario, and no other of its file; null where none does. */
export function wordFor({ scenario, file }: Pick<GuiseRecord, 'scenario' | 'file'>): string | null {
  if (file === null) return null
  if (dirname(file) === scenariosFolder) return scenario
  return `${shownPath(file)}:${scenario}`
}

/** A path as it is shortest from here; one that lies elsewhere stays absolute. */
export function shownPath(path: string): string {
  const here = relative('.', resolve(path))
  return here.startsWith('..') ? path : here
}

/** The command that runs a record's guest again, with `more` options; null where its scenario has no file. */
export function rerunCommand(record: GuiseRecord, ...more: readonly string[]): string | null {
  return guestCommand(record, ['run'], more)
}

/**
 * A command that boots a record's guest as it was booted; null where its scenario has no file.
 *
 * @param command - its words, such as `baseline update`
 * @param more - options besides those that say where and how
 */
export function guestCommand(
  record: GuiseRecord,
  command: readonly string[],
  more: readonly string[] = [],
): string | null {
  const word = wordFor(record)
  if (word === null) return null
  const accel = more.includes('--accel') ? [] : ['--accel', record.accel]
  const { qemu } = record.fingerprint
  const named = isDefaultQemu(qemu, process.env.PATH ?? '') ? [] : ['--qemu', qemu]
  const isTcg = accel.length > 0 && record.accel === 'tcg'
  const clock = isTcg && record.clock === 'real' ? ['--clock', 'real'] : []
  const same = [...accel, ...named, ...clock]
  return guiseCommand(...command, word, '--kernel', record.kernel.spec, ...same, ...more)
}

/** Whether a QEMU is one that lies in PATH under the name by which guise looks for it. */
export function isDefaultQemu(qemu: string, path: string): boolean {
  return basename(qemu) === qemuName && path.split(delimiter).includes(dirname(qemu))
}
