/* SPDX-License-Identifier: MIT */
/* Every CPUID answer that a kernel might ask for, from every vCPU that is online. */
#ifndef GUISE_LEAVES_H
#define GUISE_LEAVES_H

#include <stdbool.h>

#include "request.h"

/* Is given the @count answers of @cpu, which it is called on. */
typedef void (*visit_leaves)(uint32_t cpu, const struct cpuid_answer *answers, size_t count);

/*
 * Takes the usual leaves and those of @request on each online vCPU, one after the other.
 *
 * Returns how many there are; where that is 0, errno says why.
 */
uint32_t each_cpu(const struct request *request, visit_leaves visit);

/* Whether a vCPU had more answers than are taken. */
bool leaves_left_out(void);

#endif
