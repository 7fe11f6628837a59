import { existsSync } from 'node:fs'
import { link, rm, writeFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { replaceFile, temporaryName } from '../cache/atomic-write.js'
import { decodeDump } from '../cpuid/dump/decode.js'
import { describeNote, gotOf } from '../cpuid/dump/describe.js'
import { type ParsedDump, parseDump } from '../cpuid/dump/parse.js'
import type { CpuDump } from '../cpuid/leaf.js'
import { doingThere, InputError } from '../errors.js'
import { hasHypervisorLeaves, scenarioOfDump } from '../report/scenario-of-dump.js'
import { mostCpus } from '../scenario/topology.js'
import { scenarioName } from '../scenario/schema-parts.js'
import { readBytes } from '../scenario/text-file.js'
import { counted } from '../terminal/counted.js'
import { quote } from '../terminal/printable.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print } from './standard-output.js'

/** The options of `guise import`. */
export interface ImportOptions {
  readonly name?: string
  readonly output?: string
  readonly force?: true
  readonly cpus?: number
  readonly hypervisorLeaves?: true
}

/**
 * `guise import FILE`: makes a scenario of a machine's dump and writes it to stdout or to a new file. What of the dump is not
 * served is told on stderr.
 *
 * @throws InputError where the file is no dump, or lacks what is asked for
 */
export async function importCommand(file: string, options: ImportOptions): Promise<number> {
  const name = nameFor(file, options.name)
  const { cpus, notes } = readDumpFile(file)
  if (options.hypervisorLeaves && !hasHypervisorLeaves(cpus))
    throw new InputError(
      `${file}: expected leaves of 0x40000000-0x4000ffff for --hypervisor-leaves, got none`,
    )
  const taken = firstCpus(file, cpus, options.cpus)
  const { yaml, unserved } = scenarioOfDump({
    cpus: taken,
    name,
    source: basename(file),
    hypervisorLeaves: options.hypervisorLeaves === true,
  })
  if (options.output === undefined) await print(yaml)
  else await writeNew(options.output, yaml, options.force === true)
  for (const note of notes) noteOnStderr(describeNote(file, note))
  if (taken.length < cpus.length)
    noteOnStderr(
      `${file}: ${counted(cpus.length, 'CPU')}, of which the first ${taken.length} are taken`,
    )
  const moved = taken.flatMap(({ cpu }, vcpu) => (cpu === vcpu ? [] : [`${cpu} is ${vcpu}`]))
  if (moved.length > 0)
    noteOnStderr(`${file}: vCPUs are counted from 0 without a gap: its CPU ${moved.join(', ')}`)
  for (const each of unserved) noteOnStderr(`${file}: ${each}`)
  noteOnStderr(
    `\`guise show ${options.output ?? 'FILE'}\` tells what its guest is shown, \`guise run ${options.output ?? 'FILE'}\` runs it`,
  )
  return 0
}

function readDumpFile(file: string): ParsedDump {
  const parsed = parseDump(textOf(file))
  if (parsed.problems.length > 0)
    throw new InputError(
      parsed.problems
        .slice(0, mostProblems)
        .map(problem => {
          const place = problem.line === null ? file : `${file}:${problem.line}`
          return `${place}: expected ${problem.expected}, got ${gotOf(problem)}`
        })
        .concat(
          parsed.problems.length > mostProblems
            ? [`and ${counted(parsed.problems.length - mostProblems, 'more problem')}`]
            : [],
        )
        .join('\n'),
    )
  return parsed
}

// What a person mends before asking again.
const mostProblems = 50

function textOf(file: string): string {
  try {
    return decodeDump(readBytes(file))
  } catch (error) {
    throw new InputError(`${file}: expected a dump of CPUID, got: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The name that was asked for, or one made of the file's. */
function nameFor(file: string, asked: string | undefined): string {
  if (asked !== undefined) {
    const { error } = scenarioName.safeParse(asked)
    if (error !== undefined)
      throw new InputError(
        `--name: expected ${error.issues[0]?.message ?? 'a name'}, got ${quote(asked)}`,
      )
    return asked
  }
  const words = basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 100)
    .replace(/^-|-$/g, '')
  return words === '' ? 'imported' : words
}

/** As many CPUs as are asked for, or as a guest may have. */
function firstCpus(file: string, cpus: readonly CpuDump[], asked?: number): readonly CpuDump[] {
  if (asked !== undefined && asked > cpus.length)
    throw new InputError(
      `--cpus: expected at most ${cpus.length}, the CPUs of ${file}, got ${asked}`,
    )
  return cpus.slice(0, Math.min(asked ?? cpus.length, mostCpus.pc))
}

/** Writes a file whole or not at all, and none that is there unless `force` allows it. */
async function writeNew(path: string, text: string, force: boolean): Promise<void> {
  if (force) {
    await doingThere(path, 'write the scenario', () => replaceFile(path, text))
    return
  }
  const taken = () =>
    new InputError(`${path}: expected no file there, got one; --force takes its place`)
  if (existsSync(path)) throw taken()
  const temporary = temporaryName(path)
  await doingThere(path, 'write the scenario', async () => {
    try {
      await writeFile(temporary, text, { flush: true })
      // Unlike rename(2), link(2) fails where somebody has made the file meanwhile.
      await link(temporary, path)
    } finally {
      await rm(temporary, { force: true })
    }
  }).catch((error: unknown) => {
    const { cause } = error as Error
    throw (cause as NodeJS.ErrnoException | undefined)?.code === 'EEXIST' ? taken() : error
  })
}
