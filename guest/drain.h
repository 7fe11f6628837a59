/* SPDX-License-Identifier: MIT */
#ifndef GUISE_DRAIN_H
#define GUISE_DRAIN_H

/* Waits until the terminal @fd has sent all it was given, for at most two seconds. */
void drain(int fd);

#endif
