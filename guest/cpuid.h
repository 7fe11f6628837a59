/* SPDX-License-Identifier: MIT */
/* Every CPUID answer that a kernel might ask for, from every vCPU that is online. */
#ifndef GUISE_CPUID_H
#define GUISE_CPUID_H

#include <stdbool.h>
#include <stddef.h>

#include "request.h"

/* Sends one or more cpuid records for each online vCPU: the usual leaves and those of @request. */
void collect_cpuid(const struct request *request);

/*
 * The answers of the vCPU that this runs on, to the usual leaves and those of @request; valid until the next call.
 *
 * Returns how many there are.
 */
size_t dump_cpuid(const struct request *request, const struct cpuid_answer **dump);

/* Whether there were more answers, at any time, than are kept. */
bool dump_was_cut(void);

#endif
