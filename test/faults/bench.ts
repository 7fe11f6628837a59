import t, { type Test } from 'tap'
import { completeMarker } from '../../runner/console/protocol/layout.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { type FakeStep, report } from '../fixtures/fake-guest.js'
import { type CliResult, Sandbox, type StartedCommand } from '../fixtures/sandbox.js'
import { type Scene, wrongAfter } from './aftermath.js'
import type { Faults } from './fault.js'

/** What a guest says first. */
export const kernel: FakeStep = { print: '[    0.000000] Linux version 6.1.0\r\n' }
/** What a guest says last. */
export const marker: FakeStep = { print: `${completeMarker}\r\n` }
/** A guest that passes. */
export const reported: readonly FakeStep[] = [kernel, report(everyRecord), marker]
/** A guest that stays as it is. */
export const hang: FakeStep = { hang: true }

/** How a run of three guests differs from the usual one. */
export interface RunOptions {
  /** What the first guest does; it passes without. */
  readonly before?: readonly FakeStep[]
  /** What the second guest does; it passes without. */
  readonly steps?: readonly FakeStep[]
  /** More of the second scenario's YAML. */
  readonly yaml?: string
  /** More of the command line. */
  readonly words?: readonly string[]
  readonly env?: Record<string, string | undefined>
  /** A command that runs its arguments. */
  readonly within?: readonly string[]
}

/** A sandbox in which one fault is injected into a run of three guests. */
export class Bench implements Scene {
  readonly sandbox: Sandbox
  readonly format: Scene['format']
  readonly output: string

  constructor(sandbox: Sandbox, format: Scene['format']) {
    this.sandbox = sandbox
    this.format = format
    this.output = sandbox.at('out')
  }

  /** Runs the three guests one after the other, to the end of guise. */
  async run(options: RunOptions = {}): Promise<CliResult> {
    return this.start(options).ended
  }

  /** Starts a run, in a process group of its own as a shell does. */
  start({
    before = reported,
    steps = reported,
    yaml = '',
    ...options
  }: RunOptions = {}): StartedCommand {
    const { words = [], env = {}, within = [] } = options
    const file = this.sandbox.writeScenarios({
      first: { steps: before },
      struck: { steps, yaml },
      last: { steps: reported },
    })
    const usual = ['--jobs', '1', '--format', this.format]
    const command = this.sandbox.command(...this.sandbox.fakeRun(file, ...usual, ...words))
    const whole = [...within, ...command] as [string, ...string[]]
    return this.sandbox.start(whole, { env, detached: true })
  }

  /** Waits until the second guest has said something, by default its first line. */
  async strikes(text = 'Linux version'): Promise<void> {
    await this.sandbox.consoleHas('struck', text)
  }
}

/** Injects a fault and gives what came of it, or says why this machine can't have it. */
export type Injection = (bench: Bench, t: Test) => Promise<CliResult | { readonly skip: string }>

/** Injects each of the faults in a sandbox of its own, and checks what must come of it. */
export async function inject<F extends Faults>(
  kind: string,
  faults: F,
  injections: { readonly [Id in keyof F]: Injection },
): Promise<void> {
  const base = await Sandbox.create(t)
  for (const [id, fault] of Object.entries(faults)) {
    await t.test(`${kind} ${id}: ${fault.injected}`, async t => {
      const bench = new Bench(base.another(t), fault.format ?? 'tap')
      const result = await (injections[id] as Injection)(bench, t)
      if ('skip' in result) {
        t.pass('', { skip: result.skip })
        return
      }
      t.strictSame(await wrongAfter(fault, result, bench), [], 'it comes out as it must')
    })
  }
}
