import { execa } from 'execa'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { packageRoot } from '../../runner/paths.js'

/** What driver.c printed, and how it ended. */
export interface DriverResult {
  readonly status: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** The compiled driver.c, in a folder that the caller owns. */
export interface Driver {
  run(...args: readonly string[]): Promise<DriverResult>
  /** Runs `args[0]` on a table file of these lines, then the remaining arguments. */
  runOnTable(
    lines: readonly string[],
    ...args: readonly [string, ...string[]]
  ): Promise<DriverResult>
}

/** Compiles driver.c with the sources of the override that need no QEMU, and with the sanitizers to watch them. */
export async function buildDriver(folder: string): Promise<Driver> {
  const native = join(packageRoot, 'runner', 'native')
  const sources = ['refuse.c', 'table.c', 'table-file.c', 'table-words.c', 'prologue.c', 'cpuid2.c']
  const path = join(folder, 'driver')
  await execa('gcc', [
    ...['-std=gnu11', '-D_GNU_SOURCE', '-O1', '-Wall', '-Wextra', '-Werror'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover', '-I', native, '-o', path],
    join(packageRoot, 'test', 'native', 'driver.c'),
    ...sources.map(source => join(native, source)),
  ])
  const run: Driver['run'] = async (...args) => {
    const result = await execa(path, args, { reject: false, timeout: 30_000 })
    return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr }
  }
  return {
    run,
    async runOnTable(lines, command, ...rest) {
      const table = join(folder, 'table')
      await writeFile(table, lines.map(line => `${line}\n`).join(''))
      return run(command, table, ...rest)
    },
  }
}
