import { disk } from './list/disk.js'
import { guest } from './list/guest.js'
import { input } from './list/input.js'
import { interruption } from './list/interruption.js'
import { kernel } from './list/kernel.js'
import { machine } from './list/machine.js'
import { qemu } from './list/qemu.js'

/** The faults that are injected, by their kind: what each is, and what must come of it. */
export const faults = { machine, qemu, guest, kernel, disk, input, interruption } as const
