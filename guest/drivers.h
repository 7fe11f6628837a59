/* SPDX-License-Identifier: MIT */
#ifndef GUISE_DRIVERS_H
#define GUISE_DRIVERS_H

/*
 * Loads the drivers that a scenario asks for, where it asks for any, and gives them time to find their devices. One that
 * cannot be loaded is a problem in the report, and no more.
 */
void load_drivers(void);

#endif
