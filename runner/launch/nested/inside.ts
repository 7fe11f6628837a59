import { qemuPackage } from '../../../images/qemu/qemu-files.js'
import type { GuestFiles } from '../qemu-arguments.js'
import type { NestedJob } from './job.js'

/** Where the agent keeps a file that was brought in (guest/agent/PROTOCOL.md). */
export function pathInside(sha256: string): string {
  return `/files/${sha256}`
}

/**
 * The paths that a guest's command is made with. Console and report lie in the folder that QEMU is started in.
 *
 * @param digests - the SHA-256 of each file that the job names, by path
 */
export function filesInside(
  job: Pick<NestedJob, 'kernel' | 'initramfs' | 'override' | 'report'>,
  digests: ReadonlyMap<string, string>,
): GuestFiles {
  const inside = (path: string) => pathInside(digests.get(path) ?? '')
  return {
    qemu: [qemuPackage.program],
    // The QEMU of the host itself is confined, and each system call is dear in there.
    sandbox: false,
    kernel: inside(job.kernel),
    initramfs: inside(job.initramfs),
    override: job.override && {
      object: inside(job.override.object),
      table: inside(job.override.table),
    },
    // QEMU's log of the console is a FIFO that the agent reads: of all ways out the one with the least work for a byte.
    console: { kind: 'pty', path: '/dev/null', log: 'console' },
    report: { kind: 'shared-memory', path: 'report', size: job.report.size },
    // Its standard input.
    screen: { kind: 'descriptor', descriptor: 0 },
  }
}

/** The files that a job brings along. */
export function filesOf({ kernel, initramfs, override }: NestedJob): string[] {
  return [kernel, initramfs, ...(override ? [override.object, override.table] : [])]
}
