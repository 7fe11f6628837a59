// SPDX-License-Identifier: MIT
/*
 * The start of the preloaded object.  It is loaded into every program on the way to QEMU (setpriv, timeout, a shell),
 * and acts in none of them; and into nothing that QEMU starts, because QEMU's environment loses it here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "override.h"

static struct table table;

/* Some builds of QEMU export no symbols; those are known by their names, so that they are refused, not ignored. */
static bool is_qemu(void)
{
	const char *name = program_invocation_short_name;

	return tcg_is_exported() || strncmp(name, "qemu-system-", strlen("qemu-system-")) == 0 ||
	       strcmp(name, "qemu-kvm") == 0;
}

__attribute__((constructor)) static void start(void)
{
	const char *path = getenv("GUISE_CPUID_TABLE");
	const char *meter = getenv("GUISE_METER");
	const char *lockstep = getenv("GUISE_LOCKSTEP");
	const char *tsc = getenv("GUISE_TSC");
	const char *terminal = getenv("GUISE_TERMINAL");
	const char *dies = getenv("GUISE_PARENT");

	if ((!path && !meter && !lockstep && !tsc && !terminal && !dies) || !is_qemu())
		return;
	if (path)
		table_read(&table, path);
	if (path && table.mechanism == MECHANISM_KVM)
		kvm_override(&table);
	tcg_override(path ? &table : NULL);
	if (meter)
		meter_start(meter, getenv("GUISE_METER_CONSOLE"));
	if (lockstep)
		lockstep_start();
	if (tsc)
		tsc_start(tsc);
	if (terminal)
		terminal_start(terminal);
	if (dies)
		parent_start();
	unsetenv("LD_PRELOAD");
	unsetenv("GUISE_CPUID_TABLE");
	unsetenv("GUISE_METER");
	unsetenv("GUISE_METER_CONSOLE");
	unsetenv("GUISE_LOCKSTEP");
	unsetenv("GUISE_TSC");
	unsetenv("GUISE_TERMINAL");
	unsetenv("GUISE_PARENT");
}
