/* SPDX-License-Identifier: MIT */
/* The processes that a guest is started for. */
#ifndef GUISE_SHELL_RUN_H
#define GUISE_SHELL_RUN_H

#include "start.h"

/* Runs a shell on the console until it ends. @control is -1 where there is no such line. */
void run_shell(const struct order *order, int control);

/* Runs the command, tells what it writes and how it ends. */
void run_command(const struct order *order, int control);

/* Runs a program to its end, which takes no part in anything. Returns its wait status, or -1 with errno set. */
int run_quietly(const char *path, char *const argv[]);

#endif
