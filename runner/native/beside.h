/* SPDX-License-Identifier: MIT */
/* What the preloaded object does beside the override of CPUID.  README.md says how each is asked for. */
#ifndef GUISE_BESIDE_H
#define GUISE_BESIDE_H

/*
 * From now on writes to the file at `path`, for each line that the guest writes to the console whose log is the file at
 * `console`, how many bytes that log has then, and how many instructions the guest has executed.  Does nothing if QEMU
 * cannot say.
 */
void meter_start(const char *path, const char *console);

/* Called for each CPUID instruction that is not the firmware's: notes the first one, as a line that ends at byte 0. */
void meter_kernel(void);

/*
 * From now on the guest's TSC counts at another rate: `virtual KHZ 1000000` of virtual time, or `real KHZ OWN` where the
 * TSC of this machine counts at OWN kHz.  Refuses a QEMU in which that can't be had.
 */
void tsc_start(const char *rate);

/* From now on the thread of a CPU waits, after each access to a device, until QEMU's main thread has done what came of it. */
void lockstep_start(void);

/* Called before 8 bytes are written to any file, which may be an eventfd that hands work to the main thread. */
void lockstep_hand_over(void);

/* From now on what is written to the terminal at `path` goes there in portions, within some milliseconds. */
void terminal_start(const char *path);

/* From now on this process dies with its parent as it was to, also when its user changes. */
void parent_start(void);

/* Called before a thread waits for files. */
void parent_check(void);

#endif
