import { basename } from 'node:path'
import { decodeDump } from '../cpuid/dump/decode.js'
import { describeNote, gotOf } from '../cpuid/dump/describe.js'
import { type ParsedDump, parseDump } from '../cpuid/dump/parse.js'
import type { CpuDump } from '../cpuid/leaf.js'
import { InputError } from '../errors.js'
import { hasHypervisorLeaves, scenarioOfDump } from '../report/scenario-of-dump.js'
import { readBytes } from '../scenario/text-file.js'
import { mostCpus } from '../scenario/topology.js'
import { counted } from '../terminal/counted.js'

/** What of a dump is taken, and under which name. */
export interface DumpPart {
  readonly name: string
  /** Only its first CPUs; without it all that a guest may have. */
  readonly cpus?: number | undefined
  /** Only its leaves 0x40000000-0x4000ffff. */
  readonly hypervisorLeaves: boolean
}

/** A scenario's text, and what of the dump is not in it, a line each. */
export interface ScenarioFromDump {
  readonly yaml: string
  readonly notes: readonly string[]
}

/**
 * The scenario whose guest is shown a file's dump.
 *
 * @throws InputError where the file is no dump, or lacks what is asked for
 */
export function scenarioFromDump(file: string, part: DumpPart): ScenarioFromDump {
  const { name, hypervisorLeaves } = part
  const { cpus, notes } = readDumpFile(file)
  if (hypervisorLeaves && !hasHypervisorLeaves(cpus))
    throw new InputError(
      `${file}: expected leaves of 0x40000000-0x4000ffff for --hypervisor-leaves, got none`,
    )
  const taken = firstCpus(file, cpus, part.cpus)
  const source = basename(file)
  const { yaml, unserved } = scenarioOfDump({ cpus: taken, name, source, hypervisorLeaves })
  const moved = taken.flatMap(({ cpu }, vcpu) => (cpu === vcpu ? [] : [`${cpu} is ${vcpu}`]))
  return {
    yaml,
    notes: [
      ...notes.map(note => describeNote(file, note)),
      ...(taken.length < cpus.length
        ? [`${file}: ${counted(cpus.length, 'CPU')}, of which the first ${taken.length} are taken`]
        : []),
      ...(moved.length > 0
        ? [`${file}: vCPUs are counted from 0 without a gap: its CPU ${moved.join(', ')}`]
        : []),
      ...unserved.map(each => `${file}: ${each}`),
    ],
  }
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

/** As many CPUs as are asked for, or as a guest may have. */
function firstCpus(file: string, cpus: readonly CpuDump[], asked?: number): readonly CpuDump[] {
  if (asked !== undefined && asked > cpus.length)
    throw new InputError(
      `--cpus: expected at most ${cpus.length}, the CPUs of ${file}, got ${asked}`,
    )
  return cpus.slice(0, Math.min(asked ?? cpus.length, mostCpus.pc))
}
