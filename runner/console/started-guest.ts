import type { GuestListeners } from '../launch/nested/job.js'
import type { GuestFiles } from '../launch/qemu-arguments.js'
import type { QemuCommand } from '../launch/qemu-command.js'
import type { QemuExit } from '../launch/qemu-process.js'
import type { Plan } from '../plan/plan.js'
import type { GuestSamples } from './look/sample-guest.js'
import type { GuestReport } from './protocol/report.js'
import type { GuestScreen } from './screen/guest-screen.js'

/** The files of a guest that the image stage made, and where its console is to be kept. */
export interface GuestInputs extends Pick<
  GuestFiles,
  'qemu' | 'sandbox' | 'rights' | 'kernel' | 'initramfs' | 'override' | 'lockstep'
> {
  /** Where the raw console is written; made anew. */
  readonly consoleLog: string
}

/** Who is told what comes out of a guest, wherever it runs. */
export interface StartListeners extends Required<Omit<GuestListeners, 'onAnswer'>> {
  /** Something of the report came in. */
  readonly onReport: () => void
}

/**
 * A guest that was started, wherever it runs. When it is disposed of, QEMU is gone, and so is every file but the
 * console log.
 */
export interface StartedGuest extends AsyncDisposable {
  /** The whole command. */
  readonly command: QemuCommand
  /** Resolves when QEMU is gone, and all that it wrote to the console was told. */
  readonly exited: Promise<QemuExit>
  /** Whether another guest has run beside it in the same nested host so far. */
  readonly hadCompany: () => boolean
  /** The process of this machine's that the guest runs in: its QEMU, or that of the nested host. */
  readonly pid: () => number | undefined
  /** Ends QEMU: SIGTERM, and SIGKILL where that does not help. */
  readonly end: () => void
  /** Stops reading the console, so that a guest that floods it has to wait. */
  readonly pauseConsole: () => void
  /** What the preloaded object has counted so far, as `lineCounts()` reads it; empty where it counts nothing. */
  readonly counts: () => string
  /** Whether the guest may have said that its report is whole; cheap, and true where only reading it tells. */
  readonly mayHaveReported: () => boolean
  /**
   * Looks at where its CPUs are, before it is ended; absent where it was not started for that.
   *
   * @param alsoAt - an address whose instruction is wanted, too
   */
  readonly sample?: ((alsoAt: () => bigint | null) => Promise<GuestSamples>) | undefined
  /** What it shows; absent where nobody takes a picture of that. */
  readonly screen?: GuestScreen | undefined
  /** The guest's own report, as far as it came. */
  readonly report: () => Promise<GuestReport>
}

/** Starts a planned guest in one place: in a QEMU of this host, or in the nested host. */
export type StartGuest = (
  plan: Plan,
  images: GuestInputs,
  listeners: StartListeners,
) => Promise<StartedGuest>
