// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "cpuid.h"
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
	cpu_set_t before, only;
	const struct cpuid_answer *answers;
	uint32_t cpus = 0;
	size_t count;

	sched_getaffinity(0, sizeof(before), &before);
	for (uint32_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		CPU_ZERO(&only);
		CPU_SET(cpu, &only);
		/* The kernel refuses a CPU that is not online, which saves us from reading the list of those that are. */
		if (sched_setaffinity(0, sizeof(only), &only))
			continue;
		count = dump_cpuid(request, &answers);
		send_cpu(cpu, answers, count);
		cpus++;
	}
	sched_setaffinity(0, sizeof(before), &before);
	if (!cpus)
		report_problem("cannot run on any one CPU", strerror(errno));
	if (dump_was_cut())
		report_problem("CPUID", "more answers than a report may hold, the rest is left out");
}
