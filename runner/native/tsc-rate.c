// SPDX-License-Identifier: MIT
/*
 * tsc-rate: how fast this machine's TSC counts, in kHz, as one line on stdout. Status 1, and nothing, where that can't be said: the
 * clocks were read too far apart, or the rate changes.
 *
 * A program of its own, no part of the override.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

/* Of as many pairs the best is taken: one that was interrupted is wide. */
enum { TRIES = 200 };

/* Each of the two spans that are compared, in ns. */
#define SPAN INT64_C(80000000)

/* How well the spans must agree, and how exact each must be: one part of as many. Linux tells a TSC that is 1 % off. */
#define PRECISION 1000

/* The same moment by both clocks. */
struct moment {
	uint64_t tsc;
	/* By how much the reading of the TSC may be off. */
	uint64_t width;
	int64_t ns;
};

static int64_t raw_time(void)
{
	struct timespec now;

	/* Not slewed by NTP: clock_gettime(2). */
	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static uint64_t read_tsc(void)
{
	uint64_t tsc;

	/* RDTSC is not ordered by itself: Intel SDM vol. 2B, RDTSC. */
	_mm_lfence();
	tsc = __rdtsc();
	_mm_lfence();
	return tsc;
}

static struct moment read_clocks(void)
{
	struct moment best = { .width = UINT64_MAX };
	int try;

	for (try = 0; try < TRIES; try++) {
		uint64_t before = read_tsc();
		int64_t ns = raw_time();
		uint64_t width = read_tsc() - before;

		if (width < best.width)
			best = (struct moment){ .tsc = before + width / 2, .width = width, .ns = ns };
	}
	return best;
}

static struct moment read_clocks_later(void)
{
	struct timespec span = { .tv_nsec = SPAN };

	nanosleep(&span, NULL);
	return read_clocks();
}

/* In kHz; 0 where the clocks were read too far apart. */
static uint64_t rate_between(const struct moment *from, const struct moment *to)
{
	uint64_t ticks = to->tsc - from->tsc;
	int64_t ns = to->ns - from->ns;

	if (ns <= 0 || (from->width + to->width) > ticks / PRECISION)
		return 0;
	return (uint64_t)((unsigned __int128)ticks * 1000000 / (uint64_t)ns);
}

static bool agree(uint64_t a, uint64_t b)
{
	uint64_t apart = a > b ? a - b : b - a;

	return apart <= a / PRECISION;
}

int main(void)
{
	struct moment first = read_clocks();
	struct moment second = read_clocks_later();
	struct moment third = read_clocks_later();
	uint64_t whole = rate_between(&first, &third);
	uint64_t early = rate_between(&first, &second);
	uint64_t late = rate_between(&second, &third);

	if (early == 0 || late == 0 || !agree(early, late))
		return 1;
	printf("%" PRIu64 "\n", whole);
	return 0;
}
