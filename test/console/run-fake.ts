import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GuestRun, runToEnd } from '../../runner/console/run-to-end.js'
import { startLocalGuest } from '../../runner/console/local-guest.js'
import type { Ending } from '../../runner/console/outcome.js'
import type { StartGuest } from '../../runner/console/started-guest.js'
import type { Deadlines } from '../../runner/plan/accelerator.js'
import { planScenario } from '../../runner/plan/plan.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { fakeParameter, fakeQemu, type FakeStep } from '../fixtures/fake-guest.js'
import { parseScenario } from '../fixtures/scenario.js'

/** How {@link runFake} deviates from generous deadlines and the fake QEMU. */
export interface RunFakeOptions extends Partial<Deadlines> {
  readonly outputBytes?: number
  readonly qemu?: string
  readonly signal?: AbortSignal
  readonly start?: StartGuest
  /** Whether the guest is to show a picture. */
  readonly shows?: boolean
}

/** A guest that is over. */
export interface FakeRun extends Ending {
  readonly guest: GuestRun
  /** The console as its file has it. */
  readonly file: Buffer
}

/** Attends a guest of the fake QEMU that does `steps`, and tells its outcome. */
export async function runFake(
  steps: readonly FakeStep[],
  options: RunFakeOptions = {},
): Promise<FakeRun> {
  await using folder = await temporaryFolder('test')
  const { qemu = fakeQemu, signal = new AbortController().signal, outputBytes } = options
  const { start = startLocalGuest } = options
  const consoleLog = join(folder.path, 'console.log')
  const images = {
    qemu: [qemu],
    kernel: '/no/kernel',
    initramfs: '/no/initramfs',
    sandbox: true,
    override: null,
  }
  const guest = await runToEnd(
    start,
    planOf(steps, options),
    { ...images, consoleLog },
    signal,
    outputBytes,
  )
  return { ...guest.ending, guest, file: readFileSync(consoleLog) }
}

function planOf(
  steps: readonly FakeStep[],
  { silenceMs = 20_000, totalMs = 40_000, shows = false }: RunFakeOptions,
) {
  const drive = shows ? 'machine: { devices: [vmware-svga] }\ndrive: [vmware-svga]\n' : ''
  const yaml = `${drive}kernel: { cmdline: [${fakeParameter(steps)}] }`
  const plan = planScenario(parseScenario(yaml), {
    kernel: { version: '6.1.0', config: null },
    accelerator: 'tcg',
    qemuVersion: '7.2.22',
  })
  if ('skip' in plan) throw new Error(plan.skip)
  return { ...plan, deadlines: { silenceMs, totalMs } }
}
