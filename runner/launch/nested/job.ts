import type { GuestFiles } from '../qemu-arguments.js'
import type { QemuCommand } from '../qemu-command.js'
import type { QemuExit } from '../qemu-process.js'

/** Who is told what a guest writes. */
export interface GuestListeners {
  /** Told what the guest writes to its console, as it comes. */
  readonly onConsole: (bytes: Buffer) => void
  /** Told what QEMU writes to stderr, as it comes. */
  readonly onStderr?: (text: string) => void
  /** Told what the monitor of its QEMU says, if it has one. */
  readonly onAnswer?: (text: string) => void
}

/** A guest to be run in the nested host. */
export interface NestedJob
  extends Pick<GuestFiles, 'kernel' | 'initramfs' | 'override'>, GuestListeners {
  /** Makes the guest's command of the paths that its files and ends have in there, as `guestCommand()` does. */
  readonly command: (inside: GuestFiles) => QemuCommand
  /** The memory that it reports through: its size in bytes, and what stands at its beginning. */
  readonly report: { readonly size: number; readonly request: Uint8Array }
}

/** A guest that runs in the nested host. */
export interface NestedGuest {
  /** The command as it was started in there. */
  readonly command: QemuCommand
  /**
   * Resolves when the guest's QEMU is gone and every byte of it has come; rejects with a `NestedHostLostError` where the
   * host is lost before that.
   */
  readonly exited: Promise<QemuExit>
  /** Ends it: SIGTERM, and SIGKILL where that does not help. */
  readonly end: () => void
  /**
   * The memory that the guest reports through: as it stands now, or once the guest has ended, as it stood then. Rejects
   * with a `NestedHostLostError` where the host was lost before.
   */
  readonly report: () => Promise<Buffer>
  /** Sends something to the monitor of its QEMU, if it has one. */
  readonly ask: (text: string) => void
  /**
   * What its QEMU has written to the file `picture`; empty where it has not, or more than `maxPicture` bytes. Rejects with a
   * `NestedHostLostError` where the host is lost.
   */
  readonly picture: () => Promise<Buffer>
  /** Whether another guest has run in the host beside it so far. */
  readonly hadCompany: () => boolean
}
