import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'
import * as z from 'zod'
import { InputError } from '../errors.js'
import { writeResult } from '../record/results-folder.js'
import { type GuiseRecord, recordSchema } from '../record/schema.js'
import type { RunResult } from '../run/run-guest.js'
import type { RunGuest } from '../run/guest-site.js'
import { mostResultBytes } from './job.js'
import { jsonOf } from './json.js'

const resultSchema = z.strictObject({
  record: recordSchema,
  consoleTail: z.array(z.string()),
  files: z.array(z.strictObject({ name: z.string(), base64: z.base64() })),
})

/** Packs what a guest came to, with the files that it left in a folder. */
export async function packResult({ record, details }: RunResult, folder: string): Promise<Buffer> {
  const names = (await readdir(folder)).sort()
  const files = await Promise.all(
    names.map(async name => ({
      name,
      base64: (await readFile(join(folder, name))).toString('base64'),
    })),
  )
  const { consoleTail } = details
  const result: z.input<typeof resultSchema> = {
    record: recordSchema.parse(record),
    consoleTail: [...consoleTail],
    files,
  }
  return promisify(gzip)(JSON.stringify(result), { level: constants.Z_BEST_SPEED })
}

/**
 * Takes what a worker made of a guest: writes its files into a folder, and gives the record as a run of this machine would have made
 * it. Nothing that a worker says leads out of the folder.
 *
 * @throws InputError where it is no result of this guest
 */
export async function unpackResult(
  bytes: Buffer,
  { scenario, kernel }: RunGuest,
  { run, worker, folder }: { run: string; worker: string; folder: string },
): Promise<RunResult> {
  const text = await promisify(gunzip)(bytes, { maxOutputLength: 4 * mostResultBytes }).catch(
    () => null,
  )
  const result = resultSchema.safeParse(text === null ? undefined : jsonOf(text.toString()))
  const wrong = (got: string) =>
    new InputError(`${scenario.name}: expected a result of ${worker}, got ${got}`)
  if (!result.success) throw wrong('something else')
  const { record, consoleTail, files } = result.data
  if (record.scenario !== scenario.name || record.kernel.sha256 !== kernel.sha256)
    throw wrong(`that of ${record.scenario} on ${record.kernel.sha256}`)
  const own = new Set<string>()
  for (const { name, base64 } of files) {
    if (!isFileOf(name, scenario.name)) throw wrong('a file of another name')
    writeResult(join(folder, name), Buffer.from(base64, 'base64'))
    own.add(name)
  }
  const here = <P extends string | null | undefined>(path: P): P | string | null =>
    path == null ? path : own.has(basename(path)) ? join(folder, basename(path)) : null
  const file = scenario.file === '' ? null : resolve(scenario.file)
  const taken: GuiseRecord = {
    ...record,
    run,
    worker,
    file,
    kernel: { ...record.kernel, spec: kernel.spec },
    unmet: record.unmet.map(each => ({ ...each, file: each.file === null ? null : file })),
    console: here(record.console),
    picture: here(record.picture),
    kernelLog: here(record.kernelLog),
  }
  return { record: taken, details: { consoleTail } }
}

/** The names of what a guest leaves beside its record: consoles of all its runs, the kernel log, the picture. */
function isFileOf(name: string, scenario: string): boolean {
  const rest = name.startsWith(`${scenario}.`) ? name.slice(scenario.length) : ''
  return /^\.(?:console(?:\.\d{1,3})?(?:\.look)?\.log|kernel\.log|png)$/.test(rest)
}
