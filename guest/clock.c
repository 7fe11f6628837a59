// SPDX-License-Identifier: MIT
#include "clock.h"

#include <string.h>
#include <time.h>

#include "files.h"
#include "report.h"
#include "text.h"

#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0"
#define CLOCKEVENTS "/sys/devices/system/clockevents"

/* The kernel refines the TSC against another clock for one second, and may find no other and try again. */
#define PATIENCE_US 6000000
#define POLL_US 10000

/* More readings than fit between two ticks of the slowest clock, so that one that never moves is told apart. */
#define READINGS 200000

uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000ull + now.tv_nsec / 1000;
}

/*
 * tsc-early stands in for the TSC until that is refined, jiffies for whatever comes first. While they are there, the
 * kernel has not chosen.
 */
static bool settled(void *context)
{
	char current[64], available[256];

	(void)context;
	read_attribute(CLOCKSOURCE, "current_clocksource", current, sizeof(current));
	read_attribute(CLOCKSOURCE, "available_clocksource", available, sizeof(available));
	return current[0] && strcmp(current, "jiffies") && strcmp(current, "refined-jiffies") &&
	       strcmp(current, "tsc-early") && !has_word(available, "tsc-early");
}

/* One that stands still, as a faked one may, would make every sleep last for ever. */
static bool clock_runs(void)
{
	uint64_t first = now_us();

	for (int i = 0; i < READINGS; i++)
		if (now_us() != first)
			return true;
	return false;
}

enum wait_end wait_until(bool (*done)(void *context), void *context, uint64_t patience_us, uint64_t poll_us)
{
	const struct timespec pause = { .tv_nsec = poll_us * 1000 };
	uint64_t start = now_us();

	while (!done(context)) {
		if (now_us() - start >= patience_us)
			return WAIT_TIMED_OUT;
		if (!clock_runs())
			return WAIT_CLOCK_STANDS;
		nanosleep(&pause, NULL);
	}
	return WAIT_DONE;
}

void collect_clocks(void)
{
	uint64_t start = now_us();
	enum wait_end end = wait_until(settled, NULL, PATIENCE_US, POLL_US);

	if (end == WAIT_CLOCK_STANDS)
		report_problem("clock sources", "the clock stands still, so there is no waiting for them to settle");
	report_note("clocksource-settled", end == WAIT_DONE ? "yes" : "no");
	report_note_number("clocksource-waited-us", now_us() - start);
	send_file(CLOCKSOURCE "/current_clocksource");
	send_file(CLOCKSOURCE "/available_clocksource");
	send_each(CLOCKEVENTS, "current_device");
}
