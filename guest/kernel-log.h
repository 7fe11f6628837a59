/* SPDX-License-Identifier: MIT */
#ifndef GUISE_KERNEL_LOG_H
#define GUISE_KERNEL_LOG_H

/*
 * Sends the kernel log from where the last call left off (the first call: from its start), one record for each of
 * /dev/kmsg's, as that gives them.
 */
void collect_kernel_log(void);

#endif
