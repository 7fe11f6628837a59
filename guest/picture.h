/* SPDX-License-Identifier: MIT */
/*
 * The picture that is drawn on a video device: PICTURE_WIDTH by PICTURE_HEIGHT pixels, as PROTOCOL.md says it.  No two of its
 * channels, edges or corners are alike, so that one that is swapped, turned or skewed is seen.
 */
#ifndef GUISE_PICTURE_H
#define GUISE_PICTURE_H

#include <stdint.h>

/* A pixel, 0xRRGGBB; @x counts from the left, @y from the top. */
uint32_t picture_pixel(uint32_t x, uint32_t y);

#endif
