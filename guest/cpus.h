/* SPDX-License-Identifier: MIT */
#ifndef GUISE_CPUS_H
#define GUISE_CPUS_H

/* Sends what the kernel made of each CPU: /proc/cpuinfo, and topology, caches and vulnerabilities in sysfs. */
void collect_cpus(void);

#endif
