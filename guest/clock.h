/* The guest's clock, and the clock sources it may run on. */
#ifndef GUISE_CLOCK_H
#define GUISE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds since the kernel began to keep time (CLOCK_MONOTONIC). */
uint64_t now_us(void);

/* Whether the clock moves at all. One that stands still, as a faked one may, would make every sleep last for ever. */
bool clock_runs(void);

/* Waits until the kernel has chosen its clock source for good, then sends what it chose and from what. */
void collect_clocks(void);

#endif
