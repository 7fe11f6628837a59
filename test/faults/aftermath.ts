import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'tap-parser'
import { readRun } from '../../runner/record/read-run.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { recordSchema } from '../../runner/record/schema.js'
import { type CliResult, type Sandbox, until } from '../fixtures/sandbox.js'
import type { Fault } from './fault.js'

/** Where a fault was injected, and what guise was asked to write. */
export interface Scene {
  readonly sandbox: Sandbox
  readonly format: 'json' | 'tap'
  /** The results folder. */
  readonly output: string
}

/**
 * What is wrong after a fault, whatever fault it was: something is left over, half-written or lost, or is told otherwise than it is.
 * Nothing where all is as it must be.
 */
export async function wrongAfter(
  fault: Fault,
  { status, stdout, stderr }: CliResult,
  scene: Scene,
): Promise<string[]> {
  const { sandbox, output } = scene
  const said = stdout + stderr
  return [
    ...(status === fault.status ? [] : [`status ${status}`]),
    // Words are where they are, whatever line they are folded into.
    ...(fault.says.test(said.replaceAll(/\s+/g, ' '))
      ? []
      : [`it does not say ${String(fault.says)}`]),
    ...(/(?!\n)[\p{Cc}\p{Cf}]/u.test(said) ? ['it prints what is not printable'] : []),
    ...(/^ +at .*:\d+:\d+\)?$/m.test(said) ? ['it prints a stack'] : []),
    ...(said.includes('a fault of guise') ? ['it takes the fault for its own'] : []),
    ...(await processesLeft(sandbox)),
    ...(fault.leavesFolders ? [] : leftIn(sandbox.at('tmp'))),
    ...['out', 'cache', 'state'].flatMap(name => halfWritten(sandbox.at(name))),
    ...wrongRecords(fault, output),
    ...(fault.streamIsCut ? [] : wrongStream(fault, stdout, scene.format)),
  ]
}

// What is killed is gone at once, but not before the next line of this test.
const goneWithinMs = 3000

/** Processes of the sandbox: by what they are called, or by TMPDIR, which a QEMU inherits and whatever it starts. */
async function processesLeft(sandbox: Sandbox): Promise<string[]> {
  await until(() => sandbox.relatives().length === 0, goneWithinMs).catch(() => undefined)
  return sandbox.relatives().map(({ command }) => `a process is left: ${command}`)
}

function leftIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map(name => `a temporary file is left: ${name}`)
}

/** Files that were to take the place of another, and JSON that was cut. */
function halfWritten(folder: string): string[] {
  return filesBelow(folder).flatMap(path => {
    if (/\.tmp$|\/\.trial-/.test(path)) return [`half-written: ${path}`]
    return path.endsWith('.json') && !isJson(path) ? [`no JSON: ${path}`] : []
  })
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function isJson(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'))
    return true
  } catch {
    return false
  }
}

function wrongRecords({ records, struck }: Fault, output: string): string[] {
  const wanted = records.map(name =>
    name === (struck?.guest ?? 'struck')
      ? [name, struck?.verdict, struck?.outcome]
      : [name, 'pass', 'reported'],
  )
  return wrongList('records', recordsIn(output).map(factsOf), wanted)
}

/** The records of the last run in a folder; none where no run began. */
function recordsIn(output: string): readonly GuiseRecord[] {
  if (!existsSync(join(output, 'run.json'))) return []
  return readRun(output).records
}

function factsOf({ scenario, verdict, outcome }: GuiseRecord) {
  return [scenario, verdict, outcome]
}

function wrongStream(
  { records, told = records }: Fault,
  stdout: string,
  format: Scene['format'],
): string[] {
  try {
    const names = format === 'json' ? namesInJson(stdout) : namesInTap(stdout)
    return wrongList('the stream', names, told)
  } catch (error) {
    return [`the stream is no ${format}: ${(error as Error).message}`]
  }
}

function namesInJson(text: string): string[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('its last line is cut')
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => recordSchema.parse(JSON.parse(line)).scenario)
}

/** The names of all points of a TAP stream that is whole or says itself that it is cut. */
function namesInTap(text: string): string[] {
  if (text === '') return []
  const names: string[] = []
  const odd: string[] = []
  const seen = { plan: 0, bailed: false }
  const parser = new Parser()
  parser.on('assert', (point: { name: string }) => names.push(point.name.split(' ')[0] ?? ''))
  parser.on('extra', (line: string) => odd.push(line))
  parser.on('plan', ({ end }: { end: number }) => (seen.plan = end))
  parser.on('bailout', () => (seen.bailed = true))
  parser.end(text)
  if (odd.length > 0) throw new Error(`it has ${JSON.stringify(odd)}`)
  if (!seen.bailed && names.length !== seen.plan)
    throw new Error(`${names.length} points of ${seen.plan}`)
  return names
}

function wrongList(what: string, got: readonly unknown[], want: readonly unknown[]): string[] {
  const [is, expected] = [JSON.stringify(got), JSON.stringify(want)]
  return is === expected ? [] : [`${what}: ${is}, expected ${expected}`]
}
