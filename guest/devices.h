#ifndef GUISE_DEVICES_H
#define GUISE_DEVICES_H

/*
 * Sends a record for each device: all of the buses that a hypervisor's own devices sit on, and those of the other buses
 * that a driver is bound to.
 */
void collect_devices(void);

#endif
