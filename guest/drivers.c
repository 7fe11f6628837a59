// SPDX-License-Identifier: MIT
#include "drivers.h"

#include <errno.h>
#include <string.h>
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

struct quiet {
	uint32_t fingerprint;
	uint64_t last_change;
};

/* Whether for a while no device has come, gone or changed its driver. */
static bool is_quiet(void *context)
{
	struct quiet *quiet = context;
	uint32_t now = devices_fingerprint();

	if (now != quiet->fingerprint) {
		quiet->fingerprint = now;
		quiet->last_change = now_us();
	}
	return now_us() - quiet->last_change >= QUIET_US;
}

static void wait_for_drivers(void)
{
	uint64_t start = now_us();
	struct quiet quiet = { devices_fingerprint(), start };

	if (wait_until(is_quiet, &quiet, PATIENCE_US, POLL_US) == WAIT_CLOCK_STANDS)
		report_problem(MODULES, "the clock stands still, so there is no waiting for drivers");
	else
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
