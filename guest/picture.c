// SPDX-License-Identifier: MIT
#include "picture.h"

#include <stddef.h>

#include "protocol.h"

static const struct {
	uint16_t x, y, width, height;
	uint32_t colour;
} blocks[] = {
	/* clang-format off */
	{ 16, 16, 64, 32, 0xff0000 },
	{ 96, 24, 48, 48, 0x00ff00 },
	{ 160, 40, 32, 96, 0x0000ff },
	{ 224, 16, 80, 8, 0xffffff },
	{ 208, 144, 96, 40, 0x000000 },
	{ 319, 0, 1, 1, 0xffff00 },
	/* clang-format on */
};

uint32_t picture_pixel(uint32_t x, uint32_t y)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (x - blocks[i].x < blocks[i].width && y - blocks[i].y < blocks[i].height)
			return blocks[i].colour;
	return x * 255 / (PICTURE_WIDTH - 1) << 16 | y * 255 / (PICTURE_HEIGHT - 1) << 8 | 0x40;
}
