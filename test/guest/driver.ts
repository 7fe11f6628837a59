import { join } from 'node:path'
import { execa } from 'execa'
import { packageRoot } from '../../runner/paths.js'

/** The compiled driver.c: gives its standard output for arguments and standard input; rejected where a sanitizer has found something. */
export type Driver = (args: readonly string[], input?: Uint8Array) => Promise<Buffer>

/** Compiles driver.c into a folder, with the sources of guest/ that need no guest, and with the sanitizers to watch them. */
export async function buildDriver(folder: string): Promise<Driver> {
  const guest = join(packageRoot, 'guest')
  const path = join(folder, 'driver')
  await execa('gcc', [
    ...['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror'],
    ...['-fsanitize=address,undefined', '-fno-sanitize-recover', '-I', guest, '-o', path],
    join(packageRoot, 'test', 'guest', 'driver.c'),
    ...['crc32.c', 'picture.c', 'report.c', 'request.c', 'subleaves.c'].map(source =>
      join(guest, source),
    ),
  ])
  return async (args, input = Buffer.alloc(0)) => {
    const { stdout } = await execa(path, args, {
      input,
      encoding: 'buffer',
      stripFinalNewline: false,
      timeout: 30_000,
    })
    return Buffer.from(stdout)
  }
}
