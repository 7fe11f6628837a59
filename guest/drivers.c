#include "drivers.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "devices.h"
#include "kernel-log.h"
#include "modules.h"
#include "report.h"

#define MODULES "/modules"

/* Some drivers go on looking for devices behind the back of finit_module(2), which waits for most. */
#define QUIET_US 200000
#define PATIENCE_US 2000000
#define POLL_US 20000

/* Waits until for a while no device has come, gone or changed its driver. */
static void wait_for_drivers(void)
{
	const struct timespec pause = { .tv_nsec = POLL_US * 1000 };
	uint64_t start = now_us(), last_change = start;
	uint32_t before = devices_fingerprint();

	while (now_us() - last_change < QUIET_US && now_us() - start < PATIENCE_US) {
		uint32_t now;

		if (!clock_runs()) {
			report_problem(MODULES, "the clock stands still, so there is no waiting for drivers");
			return;
		}
		nanosleep(&pause, NULL);
		now = devices_fingerprint();
		if (now != before)
			last_change = now_us();
		before = now;
	}
	report_note_number("drivers-waited-us", now_us() - start);
}

void load_drivers(void)
{
	int loaded;

	if (access(MODULES, F_OK))
		return;
	/* What is there so far, should a driver be the guest's end. */
	collect_kernel_log();
	loaded = load_modules(MODULES, report_problem);
	if (loaded < 0)
		report_problem(MODULES "/load", strerror(errno));
	else
		report_note_number("modules-loaded", loaded);
	if (loaded > 0)
		wait_for_drivers();
}
