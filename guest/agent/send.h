/* SPDX-License-Identifier: MIT */
/* What guise is sent of a guest. */
#ifndef SEND_H
#define SEND_H

#include <stdint.h>

#include "guest.h"

/* Forwards what there is in @pipe as frames of @type, 1 MiB at most. At its end the pipe is closed. */
void forward(int port, int *pipe, uint32_t type);

/* The shared memory as it stands, without the zeros at its end. */
void send_report(int port, const struct guest *guest);

/* What QEMU has written to the file "picture"; nothing where it has not, or more than MAX_PICTURE. */
void send_picture(int port);

/* How the guest ended: a kind of protocol.h, and what goes with it. */
void send_exit(int port, uint32_t kind, uint32_t value);

#endif
