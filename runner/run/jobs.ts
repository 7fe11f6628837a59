import type { MachineRoom } from '../launch/machine-room.js'

/** How many guests run at a time, and why. */
export interface Jobs {
  readonly count: number
  readonly why: string
}

// Of QEMU's own, beside what the guest is given (measured: 90 to 130 MiB).
const qemuMiB = 160

/**
 * How many guests run at a time where nobody says: one for each CPU, since an emulated guest keeps one busy from its start to its
 * end (measured: the time of two CPUs for a catalogue is the same for two, three and four at a time); fewer where there is no CPU
 * time or no memory for so many.
 *
 * @param guestMiB - the memory of the largest guest
 */
export function chooseJobs({ cpus, quota, memoryMiB }: MachineRoom, guestMiB: number): Jobs {
  const choices: Jobs[] = [{ count: cpus, why: 'one for each CPU' }]
  if (quota !== null) {
    choices.push({
      count: Math.ceil(quota),
      why: `the CPU time of ${Number(quota.toFixed(2))} CPUs`,
    })
  }
  if (memoryMiB !== null) {
    const count = Math.floor(memoryMiB / (guestMiB + qemuMiB))
    choices.push({ count, why: `${memoryMiB} MiB of memory` })
  }
  const fewest = choices.reduce((least, each) => (each.count < least.count ? each : least))
  return { ...fewest, count: Math.max(1, fewest.count) }
}
