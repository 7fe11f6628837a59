// SPDX-License-Identifier: MIT
#include "cpuid.h"

#include <errno.h>
#include <string.h>

#include "leaves.h"
#include "report.h"

static void send_cpu(uint32_t cpu, const struct cpuid_answer *answers, size_t count)
{
	const size_t most = (MAX_PAYLOAD - sizeof(cpu)) / sizeof(answers[0]);

	for (size_t sent = 0; sent < count; sent += most) {
		size_t some = count - sent < most ? count - sent : most;

		record_start(RECORD_CPUID);
		record_add(&cpu, sizeof(cpu));
		record_add(&answers[sent], some * sizeof(answers[0]));
		record_send();
	}
}

void collect_cpuid(const struct request *request)
{
	if (!each_cpu(request, send_cpu))
		report_problem("cannot run on any one CPU", strerror(errno));
	if (leaves_left_out())
		report_problem("CPUID", "more answers than a report may hold, the rest is left out");
}
