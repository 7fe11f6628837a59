/* SPDX-License-Identifier: MIT */
#ifndef GUISE_DEVICES_H
#define GUISE_DEVICES_H

#include <stdint.h>

/*
 * Sends a record for each device: all of the buses that a hypervisor's own devices sit on, and those of the other buses
 * that a driver is bound to.
 */
void collect_devices(void);

/* A number that changes when a device of any of these buses, or of scsi, comes, goes, or gets another driver. */
uint32_t devices_fingerprint(void);

#endif
