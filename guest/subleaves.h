/* SPDX-License-Identifier: MIT */
/* How many subleaves a CPUID leaf has. */
#ifndef GUISE_SUBLEAVES_H
#define GUISE_SUBLEAVES_H

#include <stdbool.h>

#include "protocol.h"

/* No leaf that is documented has more, and a made-up leaf might claim four billion. */
#define MAX_SUBLEAVES 64

/* Executes CPUID on the vCPU that this runs on; in leaves.c, and elsewhere in the test of this file. */
struct cpuid_answer cpuid(uint32_t leaf, uint32_t subleaf);

/*
 * Calls @add with the answer to every subleaf of @leaf, subleaf 0 first. A list that ends with an invalid subleaf gives
 * that one too, as Todd Allen's cpuid does: the kernel reads it to find the end.
 */
void each_subleaf(uint32_t leaf, void (*add)(const struct cpuid_answer *answer));

#endif
