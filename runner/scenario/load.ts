import { readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { decodeDump } from '../cpuid/dump/decode.js'
import { InputError } from '../errors.js'
import { scenariosFolder } from '../paths.js'
import { parseScenarioFile } from './parse.js'
import { append, formatProblems, type Problem } from './problem.js'
import { type NotedDump, resolveScenario } from './resolve.js'
import type { Scenario } from './scenario.js'
import { readBytes, readTextFile } from './text-file.js'

/**
 * Loads the scenarios of YAML files. Every problem of every file is told at once.
 *
 * @param onNote - is told what the dumps that they name hold besides leaves, each dump once
 * @throws InputError with one line for each problem
 */
export function loadScenarios(
  files: readonly string[],
  onNote?: (noted: NotedDump) => void,
): Scenario[] {
  const scenarios: Scenario[] = []
  const problems: Problem[] = []
  const places = new Map<string, string>()
  const noted = new Set<string>()
  for (const file of files) {
    const parsed = parseScenarioFile(readText(file), file)
    append(problems, parsed.problems)
    for (const located of parsed.documents) {
      const resolved = resolveScenario(located, readDump)
      append(problems, resolved.problems)
      for (const dump of resolved.notes) {
        const path = resolve(dirname(file), dump.file)
        if (!noted.has(path)) onNote?.(dump)
        noted.add(path)
      }
      scenarios.push(resolved.scenario)
      const { name } = resolved.scenario
      const place = located.locate(['name'])
      const before = places.get(name)
      if (before !== undefined) {
        const expected = `a name of its own (also at ${before})`
        problems.push({ ...place, field: 'name', expected, got: `\`${name}\`` })
      }
      places.set(name, `${place.file}:${place.line}`)
    }
  }
  if (problems.length > 0) throw new InputError(formatProblems(problems))
  return scenarios
}

/**
 * The YAML files of a catalogue, sorted by name.
 *
 * @param folder - of the catalogue; without it guise's own
 */
export function catalogueFiles(folder: string = scenariosFolder): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => join(folder, name))
}

function readText(file: string): string {
  try {
    return readTextFile(file)
  } catch (error) {
    throw new InputError(`${file}: expected a scenario file, got: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function readDump(dump: string, file: string): string | Error {
  try {
    return decodeDump(readBytes(resolve(dirname(file), dump)))
  } catch (error) {
    return error as Error
  }
}
