// SPDX-License-Identifier: MIT
/* Serves one slot on descriptor 3, without a nested host around it; see agent-slot.test.ts. */
#include "../../../guest/agent/slot.h"

#include <unistd.h>

int main(void)
{
	/* Where a test allows no more descriptors than are open, poll() takes none of its six below that number (poll(2), EINVAL). */
	while (dup(3) < 16)
		;
	serve_slot(3);
}
