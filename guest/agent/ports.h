/* SPDX-License-Identifier: MIT */
#ifndef PORTS_H
#define PORTS_H

/*
 * Opens every virtio-serial port whose name starts with `prefix`, and hands it over with the rest of its name. Returns how
 * many there are.
 */
int for_each_port(const char *prefix, void (*take)(const char *name, int port));

#endif
