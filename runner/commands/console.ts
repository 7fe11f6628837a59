import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import pc from 'picocolors'
import { InputError } from '../errors.js'
import { markConsole, type MarkedLine } from '../report/marked-console.js'
import type { GuiseRecord } from '../record/schema.js'
import { isTerminal, wantsColour } from '../terminal/capabilities.js'
import { printable } from '../terminal/printable.js'
import { scenariosFor } from './catalogue.js'
import { lastRecords } from './last-run.js'
import { print } from './standard-output.js'

/** `guise console NAME`: pages the consoles of a scenario in the last run, one for each kernel, with what matched marked. */
export async function consoleCommand(name: string): Promise<number> {
  const records = lastRecords(name)
  const texts = await Promise.all(records.map(record => show(record, records.length > 1)))
  const text = texts.join('\n')
  if (!isTerminal(process.stdout)) {
    await print(text)
    return 0
  }
  // Whoever leaves a pager early has seen enough.
  const pager = process.env.PAGER ?? ''
  const { exitCode } = await execa(pager === '' ? 'less -R' : pager, {
    shell: true,
    input: text,
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  })
  // The shell's statuses for a command that is not there, and for one that can't be executed.
  if (exitCode === 127 || exitCode === 126) await print(text)
  return 0
}

async function show(record: GuiseRecord, several: boolean): Promise<string> {
  const { scenario, kernel, console, kernelLog } = record
  if (console === null) {
    throw new InputError(`${scenario}: no guest was started: ${printable(record.why[0] ?? '')}`)
  }
  const patterns = await patternsOf(record)
  const heading = several ? `${kernel.version} (${printable(kernel.release)})\n` : ''
  const parts = [console, ...(kernelLog === null ? [] : [kernelLog])].map(path =>
    markConsole(read(path), record, patterns).map(paint).join(''),
  )
  return heading + parts.join('\n')
}

function paint({ mark, text }: MarkedLine): string {
  const colours = pc.createColors(wantsColour(process.stdout))
  const line = `${mark} ${text}`
  return `${mark === '!' ? colours.red(line) : mark === '>' ? colours.green(line) : line}\n`
}

/** What the scenario looks for in the log; nothing where its file is no more what it was. */
async function patternsOf({ file, scenario }: GuiseRecord): Promise<string[]> {
  if (file === null) return []
  const found = await scenariosFor([`${file}:${scenario}`]).catch(() => [])
  return found.flatMap(({ expect }) =>
    expect.flatMap(({ log }) => [...(log?.has ?? []), ...(log?.lacks ?? [])]),
  )
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
