import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../errors.js'
import { overrideObject, tinyGuest } from '../paths.js'
import { temporaryFolder } from '../temporary-folder.js'
import { type AnsweredExit, endedWithin } from './ended-within.js'
import type { Qemu } from './qemu.js'
import { confinementArguments } from './sandbox.js'
import { commandWords, preloadEnvironment } from './qemu-command.js'
import { mostMemory, startQemu } from './qemu-process.js'
import { howToBuild } from '../installation.js'

/** In MB. */
const memory = 32

/** What the bare-metal guest of guest/tiny/ is run for. */
export interface TinyGuestJob {
  readonly machine: 'microvm' | 'pc'
  /** The argument of QEMU's -accel. */
  readonly accelerator: string
  /** The argument of QEMU's -cpu. */
  readonly cpu?: string
  /** The override table; null where no leaf is changed. */
  readonly table: string | null
  /** What it is asked, in the words of guest/tiny/README.md. */
  readonly items: readonly string[]
  /** In milliseconds; it is ended then. */
  readonly deadlineMs: number
}

/** What came of it. */
export interface TinyGuestResult extends AnsweredExit {
  /** What it wrote to its debug console. */
  readonly output: string
}

/**
 * Runs the bare-metal guest to its end: a tenth of a second on microvm where nothing is amiss.
 *
 * @param signal - ends it; what it throws is its reason
 * @throws EnvironmentError when it is not built
 */
export async function runTinyGuest(
  qemu: Qemu,
  job: TinyGuestJob,
  signal?: AbortSignal,
): Promise<TinyGuestResult> {
  for (const path of [tinyGuest, overrideObject]) {
    if (!existsSync(path)) {
      throw new EnvironmentError(`${path} is not built: ${howToBuild()}`)
    }
  }
  await using folder = await temporaryFolder('probe')
  const table = join(folder.path, 'table')
  const output = join(folder.path, 'output')
  if (job.table !== null) await writeFile(table, job.table)
  await writeFile(output, '')
  const process = startQemu(
    commandWords({
      environment: preloadEnvironment({
        override: job.table === null ? null : { object: overrideObject, table },
        parent: (qemu.rights ?? []).length > 0 ? overrideObject : null,
      }),
      argv: [
        ...qemu.command,
        ...confinementArguments(qemu.sandbox, qemu.rights),
        ...[
          '-M',
          job.machine,
          '-accel',
          job.accelerator,
          '-cpu',
          job.cpu ?? 'qemu64,+bmi1',
          '-m',
          String(memory),
        ],
        ...['-no-reboot', '-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none'],
        ...['-chardev', `file,id=out,path=${output}`],
        ...['-device', 'isa-debugcon,chardev=out,iobase=0xe9'],
        ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
        ...['-kernel', tinyGuest, '-append', `cpuid=${job.items.join(',')}`],
      ],
    }),
    {
      onStderr: text => {
        // A QEMU whose KVM gives a guest up stays alive.
        if (text.includes('KVM internal error')) process.end()
      },
      megabytes: mostMemory({ memory, cpus: 1 }),
    },
  )
  const exit = await endedWithin(process, job.deadlineMs, signal)
  return { ...exit, output: readFileSync(output, 'latin1') }
}
