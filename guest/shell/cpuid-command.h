/* SPDX-License-Identifier: MIT */
#ifndef GUISE_SHELL_CPUID_COMMAND_H
#define GUISE_SHELL_CPUID_COMMAND_H

/*
 * The command cpuid: prints what CPUID says on each vCPU, in the form of `cpuid -r`. Leaves of the hypervisor range that read as
 * absent are left out. Returns its exit status.
 */
int cpuid_command(int argc, char **argv);

#endif
