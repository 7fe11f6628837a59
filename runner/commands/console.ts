import { readFileSync } from 'node:fs'
import pc from 'picocolors'
import { InputError } from '../errors.js'
import {
  consoleHeading,
  type LogPatterns,
  markConsole,
  type MarkedLine,
  unfinishedHeading,
} from '../report/marked-console.js'
import type { GuiseRecord } from '../record/schema.js'
import { expectationFor } from '../scenario/condition.js'
import { wantsColour } from '../terminal/capabilities.js'
import { printable } from '../terminal/printable.js'
import { scenariosFor } from './catalogue.js'
import { lastRecords, lastRun, type UnfinishedConsole, unfinishedConsoles } from './last-run.js'
import { page } from './pager.js'

/** `guise console NAME`: pages the consoles of a scenario in the last run, one for each kernel, with what matched marked. */
export async function consoleCommand(name: string): Promise<number> {
  const unfinished = unfinishedConsoles(name)
  const records = unfinished.length > 0 ? recordsIfAny(name) : lastRecords(name)
  const texts = [...(await Promise.all(records.map(show))), ...unfinished.map(showUnfinished)]
  await page(texts.join('\n'))
  return 0
}

function recordsIfAny(name: string): readonly GuiseRecord[] {
  return lastRun().records.filter(({ scenario }) => scenario === name)
}

/** What a guest has said that was ended with the run, and so has no record. */
function showUnfinished({ scenario, kernel, path }: UnfinishedConsole): string {
  const said = { kernelSaid: [], outcome: null, ending: '', interfaces: [] }
  return [
    ...unfinishedHeading(scenario, kernel, path),
    ...markConsole(read(path).replace(/\n$/, ''), said, { has: [], lacks: [] }),
  ]
    .map(paint)
    .join('')
}

async function show(record: GuiseRecord): Promise<string> {
  const { scenario, console, kernelLog } = record
  if (console === null) {
    throw new InputError(`${scenario}: no guest was started: ${printable(record.why[0] ?? '')}`)
  }
  const patterns = await patternsOf(record)
  const paths = [console, ...(kernelLog === null ? [] : [kernelLog])]
  return paths
    .map(path => [
      ...consoleHeading(record, path),
      ...markConsole(read(path).replace(/\n$/, ''), record, patterns),
    ])
    .map(lines => lines.map(paint).join(''))
    .join('\n')
}

function paint({ mark, text }: MarkedLine): string {
  const colours = pc.createColors(wantsColour(process.stdout))
  const line = `${mark} ${text}`.trimEnd()
  return `${mark === '!' ? colours.red(line) : mark === '>' ? colours.green(line) : line}\n`
}

/** What the rule that the guest was judged by looks for in the log; nothing where the scenario's file is no more what it was. */
async function patternsOf({
  file,
  scenario,
  kernel,
  qemu,
  fidelity,
  vendor,
}: GuiseRecord): Promise<LogPatterns> {
  const nothing = { has: [], lacks: [] }
  if (file === null) return nothing
  const [found] = await scenariosFor([`${file}:${scenario}`]).catch(() => [])
  const circumstances = { kernel: kernel.version, qemu: qemu.version, fidelity, vendor }
  return expectationFor(found?.expect ?? [], circumstances)?.log ?? nothing
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new InputError(`${path}: expected a console, got: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
