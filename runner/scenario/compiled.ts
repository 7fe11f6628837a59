import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Scenario } from './scenario.js'

/** A catalogue that the build has checked already, so that commands need not load what parses YAML and checks it. */
interface CompiledCatalogue {
  /** Of every file in the catalogue's folder as it was then. */
  readonly digest: string
  /** With their files relative to the folder. */
  readonly scenarios: readonly Scenario[]
}

/** The text of a compiled catalogue. */
export function compileCatalogue(folder: string, scenarios: readonly Scenario[]): string {
  const compiled: CompiledCatalogue = {
    digest: digestOf(folder),
    scenarios: scenarios.map(scenario => ({ ...scenario, file: relative(folder, scenario.file) })),
  }
  return JSON.stringify(compiled)
}

/** The scenarios of a compiled catalogue, or null where there is none or where the folder has changed since. */
export function readCompiledCatalogue(folder: string, path: string): Scenario[] | null {
  const compiled = readJson(path)
  if (compiled?.digest !== digestOf(folder)) return null
  return compiled.scenarios.map(scenario => ({ ...scenario, file: join(folder, scenario.file) }))
}

function readJson(path: string): CompiledCatalogue | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CompiledCatalogue
  } catch {
    return null
  }
}

function digestOf(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0')
  }
  return hash.digest('hex')
}
