// SPDX-License-Identifier: MIT
/* Serves one slot on descriptor 3, without a nested host around it; see agent-slot.test.ts. */
#include "../../../guest/agent/slot.h"

int main(void)
{
	serve_slot(3);
}
