import { readFile } from 'node:fs/promises'
import { InputError } from '../errors.js'
import { type HostFile, hostFilesOf } from '../plan/host-files.js'
import type { Scenario } from '../scenario/scenario.js'

/**
 * Refuses scenarios that reach for files and devices of this machine: a scenario may be anybody's.
 *
 * @throws InputError with one line for each place
 */
export async function refuseHostFiles(scenarios: readonly Scenario[]): Promise<void> {
  const found = scenarios.flatMap(scenario =>
    hostFilesOf(scenario).map(hostFile => ({ scenario, hostFile })),
  )
  if (found.length === 0) return
  const lines = await Promise.all(
    found.map(({ scenario, hostFile }) => describe(scenario, hostFile)),
  )
  throw new InputError(lines.join('\n'))
}

/** The file is parsed again, for its lines, only where something is refused. */
async function describe(scenario: Scenario, { path, what }: HostFile): Promise<string> {
  const { locateField } = await import('../scenario/locate.js')
  const { fieldName } = await import('../scenario/parse.js')
  const { file, name } = scenario
  const text = await readFile(file, 'utf8').catch(() => null)
  const line = text === null ? null : locateField(text, scenario, path)
  const place = line === null ? file : `${file}:${line}`
  return `${place}: ${name}: ${fieldName(path)}: expected nothing of this machine's own files and devices (--allow-host-files lets a scenario have them), got \`${what}\``
}
