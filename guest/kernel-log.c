// SPDX-License-Identifier: MIT
#include "kernel-log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

void collect_kernel_log(void)
{
	static int log = -1;

	if (log < 0)
		log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log < 0) {
		report_problem("/dev/kmsg", strerror(errno));
		return;
	}
	for (;;) {
		ssize_t got;
		int error;

		record_start(RECORD_KMSG);
		got = read(log, record_tail(), record_room());
		error = got < 0 ? errno : 0;
		if (got > 0) {
			record_grow(got);
			record_send();
		} else if (error == EPIPE) {
			/* The reader was overtaken, and now stands at the oldest record that is left. */
			report_problem("/dev/kmsg", "records were overwritten before they were read");
		} else {
			if (error && error != EAGAIN)
				report_problem("/dev/kmsg", strerror(error));
			return;
		}
	}
}
