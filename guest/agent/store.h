/* SPDX-License-Identifier: MIT */
/* The files that guise has brought in, by the SHA-256 of their content. */
#ifndef STORE_H
#define STORE_H

#include <stdint.h>

/* The test of a slot alone has another. */
#ifndef STORE_FOLDER
#define STORE_FOLDER "/files"
#endif

/* Takes a FRAME_FILE of so many bytes from the port, and answers it. */
void store_file(int port, uint32_t length);

#endif
