/* SPDX-License-Identifier: MIT */
/* What leaves.h takes, as a part of the report. */
#ifndef GUISE_CPUID_H
#define GUISE_CPUID_H

#include "request.h"

/* Sends one or more cpuid records for each online vCPU: the usual leaves and those of @request. */
void collect_cpuid(const struct request *request);

#endif
