import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, fakeQemu, report } from '../fixtures/fake-guest.js'
import type { Sandbox, StartedCommand } from '../fixtures/sandbox.js'
import { mkdirSync } from 'node:fs'

/** The first line of a kernel. */
export const kernelLine: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }

/** A guest that comes up and reports. */
export const reports: readonly FakeStep[] = [
  kernelLine,
  report(everyRecord),
  { print: `${completeMarker}\r\n` },
]

/** A guest that panics. */
export const panics: readonly FakeStep[] = [
  kernelLine,
  { print: '[    1.000000] Kernel panic - not syncing: x\r\n' },
]

/** Starts a worker with folders, caches and a home of its own. */
export function startWorker(
  sandbox: Sandbox,
  url: string,
  name: string,
  ...more: string[]
): StartedCommand {
  const own = (folder: string) => {
    const path = sandbox.at('workers', name, folder)
    mkdirSync(path, { recursive: true })
    return path
  }
  return sandbox.start(
    sandbox.command(
      ...['worker', '--queue', url, '--name', name, '--qemu', fakeQemu],
      ...['--jobs', '1', '--lost-after', '3', ...more],
    ),
    {
      env: {
        XDG_CACHE_HOME: own('cache'),
        XDG_STATE_HOME: own('state'),
        HOME: own('home'),
        TMPDIR: own('tmp'),
      },
    },
  )
}

/** The arguments of a run by a queue, the records going to a folder. */
export function queueRun(sandbox: Sandbox, url: string, output: string): string[] {
  const kernel = ['--kernel', sandbox.kernel, '--accel', 'tcg']
  return ['run', '--queue', url, ...kernel, '--output', sandbox.at(output)]
}

/** All records of a results folder by their path, without what is measured and where it lies. */
export function records(sandbox: Sandbox, output: string): Record<string, object> {
  const folder = sandbox.at(output)
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const found = names.filter(name => name.endsWith('.json') && name !== 'run.json').sort()
  return Object.fromEntries(
    found.map(name => {
      const record = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>
      const { qemu, console, ...rest } = record
      const version = (qemu as { version: string }).version
      const where = { console: String(console).replace(folder, '') }
      const apart = { run: 0, worker: 0, timing: 0, load: 0, fingerprint: 0 }
      return [name, { ...rest, ...apart, ...where, version }]
    }),
  )
}

/** The workers that made the records of a results folder, by scenario. */
export function makers(sandbox: Sandbox, output: string): Record<string, unknown> {
  const folder = sandbox.at(output)
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const found = names.filter(name => name.endsWith('.json') && name !== 'run.json').sort()
  return Object.fromEntries(
    found.map(name => {
      const text = readFileSync(join(folder, name), 'utf8')
      const { scenario, worker } = JSON.parse(text) as { scenario: string; worker?: string }
      return [scenario, worker]
    }),
  )
}

/** Whether a worker has a guest of a scenario, whose console has been begun. */
export function hasGuest(sandbox: Sandbox, worker: string, scenario: string): boolean {
  const names = readdirSync(sandbox.at('workers', worker, 'tmp'), { recursive: true })
  return names.some(name => String(name).endsWith(`/${scenario}.console.log`))
}

/** Which of some workers has a guest of a scenario; undefined: none. */
export function holderOf(
  sandbox: Sandbox,
  workers: readonly string[],
  scenario: string,
): string | undefined {
  return workers.find(worker => hasGuest(sandbox, worker, scenario))
}
