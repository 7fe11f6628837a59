/* SPDX-License-Identifier: MIT */
#ifndef GUISE_PRINT_CPUID_H
#define GUISE_PRINT_CPUID_H

/* Prints what CPUID answers each online vCPU, as `cpuid -r` does; the status for main(). */
int print_cpuid(void);

#endif
