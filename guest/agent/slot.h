/* SPDX-License-Identifier: MIT */
/* A slot: one port, on which one guest at a time is started, heard and ended. */
#ifndef SLOT_H
#define SLOT_H

/* Serves a port for good, in a process of its own whose current folder is the slot's. */
void serve_slot(int port) __attribute__((noreturn));

#endif
