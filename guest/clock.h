/* SPDX-License-Identifier: MIT */
/* The guest's clock, and the clock sources it may run on. */
#ifndef GUISE_CLOCK_H
#define GUISE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds since the kernel began to keep time (CLOCK_MONOTONIC). */
uint64_t now_us(void);

enum wait_end {
	WAIT_DONE,
	WAIT_TIMED_OUT,
	/* The clock does not move, so that there is no waiting. */
	WAIT_CLOCK_STANDS,
};

/* Waits until @done says so, @patience_us at most; it is asked at once, and then every @poll_us, which is less than a second. */
enum wait_end wait_until(bool (*done)(void *context), void *context, uint64_t patience_us, uint64_t poll_us);

/* Waits until the kernel has chosen its clock source for good, then sends what it chose and from what. */
void collect_clocks(void);

#endif
