// SPDX-License-Identifier: MIT
/*
 * Has guest/vmware-svga.c drive a device of this file's own, for svga.test.ts:
 *
 *	svga WAY	a byte, 1 where the device shows the picture; then the report, as it would stand in the memory
 *
 * WAY: good, or what is wrong with the device.  The linker puts the functions below in the place of pread(2), pwrite(2) and read_text().
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "clock.h"
#include "pci.h"
#include "picture.h"
#include "report.h"
#include "text.h"
#include "vmware-svga.h"

enum { FRAME_SIZE = 0x100000, FIFO_SIZE = 0x10000, PITCH = 4 * PICTURE_WIDTH + 64, OFFSET = 128 };

static const char *way;
static uint32_t registers[64], selected;
static uint32_t frame[FRAME_SIZE / 4], fifo[FIFO_SIZE / 4];
/* What the screen has: only what an UPDATE names gets there. */
static uint32_t screen[PICTURE_HEIGHT][PICTURE_WIDTH];

static bool is(const char *name)
{
	return !strcmp(way, name);
}

/* QEMU's hw/display/vmware_vga.c: vmsvga_fifo_run(). */
static void run_fifo(void)
{
	uint32_t *command = fifo + fifo[3] / 4;

	if (!registers[1] || !registers[20] || fifo[3] == fifo[2] || is("idle"))
		return;
	if (fifo[2] - fifo[3] != 20 || command[0] != 1)
		exit(3);
	for (uint32_t y = command[2]; y < command[2] + command[4]; y++)
		for (uint32_t x = command[1]; x < command[1] + command[3]; x++)
			screen[y][x] = frame[(OFFSET + y * PITCH) / 4 + x];
	fifo[3] = fifo[2];
}

static void write_register(uint32_t value)
{
	switch (selected) {
	case 0:
		if (value == 0x90000002 && !is("old"))
			registers[0] = value;
		return;
	case 2:
	case 3:
		if (is("small"))
			value /= 2;
		break;
	case 7:
		if (is("shallow"))
			return;
		break;
	case 20:
		/* As QEMU checks it: MIN behind the four words, MAX within the memory and 10 KiB further at least. */
		if (fifo[0] < 16 || fifo[1] > FIFO_SIZE || fifo[1] < fifo[0] + 10 * 1024 || is("no-fifo"))
			return;
		break;
	case 21:
		run_fifo();
		registers[22] = is("busy");
		return;
	}
	registers[selected] = value;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	uint32_t value;

	if (is("denied")) {
		errno = EPERM;
		return -1;
	}
	if (fd != 9 || size != 4 || offset > 1)
		exit(3);
	memcpy(&value, bytes, size);
	if (offset)
		write_register(value);
	else
		selected = value % 64;
	return size;
}

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset)
{
	if (fd != 9 || size != 4 || offset != 1)
		exit(3);
	memcpy(bytes, &registers[selected], size);
	return size;
}

bool __wrap_read_text(const char *path, char *text, size_t size)
{
	(void)path;
	snprintf(text, size, "console=ttyS0 %s panic=-1",
		 is("unasked") ? "guise.drive=vmware" : "guise.drive=vmware-svga");
	return true;
}

bool pci_find(char *path, const char *vendor, const char *device)
{
	strcpy(path, "/sys/bus/pci/devices/0000:00:03.0");
	return !strcmp(vendor, "0x15ad") && !strcmp(device, "0x0405") && !is("absent");
}

bool pci_enable(const char *path)
{
	(void)path;
	errno = EBUSY;
	return !is("bound");
}

int pci_open(const char *path, const char *resource)
{
	(void)path;
	return strcmp(resource, "resource0") ? -1 : 9;
}

void *pci_map(const char *path, const char *resource, size_t *size)
{
	(void)path;
	*size = strcmp(resource, "resource1") ? FIFO_SIZE : FRAME_SIZE;
	if (is("short-fifo") && *size == FIFO_SIZE)
		*size = 4096;
	if (is("short-frame") && *size == FRAME_SIZE)
		*size = OFFSET + PICTURE_HEIGHT * PITCH - 1;
	errno = ENOMEM;
	if (is("unmapped"))
		return NULL;
	return strcmp(resource, "resource1") ? (void *)fifo : (void *)frame;
}

enum wait_end wait_until(bool (*done)(void *context), void *context, uint64_t patience_us, uint64_t poll_us)
{
	return done(context) || patience_us < poll_us ? WAIT_DONE : WAIT_TIMED_OUT;
}

static struct report_header last;
static char records[100000];
static size_t used;

static bool append(const void *record, size_t size)
{
	memcpy(records + used, record, size);
	used += size;
	return true;
}

static void publish(const struct report_header *header)
{
	last = *header;
}

static void flush(void)
{
}

static bool is_shown(void)
{
	for (uint32_t y = 0; y < PICTURE_HEIGHT; y++)
		for (uint32_t x = 0; x < PICTURE_WIDTH; x++)
			if (screen[y][x] != picture_pixel(x, y))
				return false;
	return true;
}

int main(int argc, char **argv)
{
	static const struct channel memory = { .append = append, .publish = publish, .flush = flush };

	if (argc != 2)
		return 2;
	way = argv[1];
	registers[4] = 2368;
	registers[5] = 1770;
	registers[7] = is("shallow") ? 16 : 32;
	registers[9] = is("swapped") ? 0xff : 0xff0000;
	registers[10] = 0xff00;
	registers[11] = is("swapped") ? 0xff0000 : 0xff;
	registers[12] = is("narrow")    ? 4 * PICTURE_WIDTH - 4
			: is("odd")     ? PITCH + 2
			: is("endless") ? 0xfffffffc
					: PITCH;
	registers[14] = OFFSET;
	registers[16] = FRAME_SIZE;
	registers[17] = 3;
	registers[19] = is("huge-fifo") ? 0xffffffff : FIFO_SIZE;
	report_begin(&memory);
	drive_vmware_svga();
	report_end();
	putchar(is_shown());
	fwrite(&last, sizeof(last), 1, stdout);
	fwrite(records, used, 1, stdout);
	return 0;
}
