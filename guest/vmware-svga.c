// SPDX-License-Identifier: MIT
/*
 * VMware's video, driven as the driver of the X server drove it (xf86-video-vmware, src/vmware.c): by user space, whoever the hypervisor is.
 * Registers, commands and the layout of the FIFO are those of VMware's svga_reg.h (Linux drivers/gpu/drm/vmwgfx/device_include), and
 * what QEMU makes of them is hw/display/vmware_vga.c.
 *
 * The registers are behind two ports of BAR 0, an index and a value, which are one byte apart.  sysfs has a file for such a BAR, whose reads
 * and writes of four bytes are IN and OUT (drivers/pci/pci-sysfs.c, pci_resource_io()): that takes neither ioperm(2) nor an alignment.
 */
#include "vmware-svga.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "pci.h"
#include "picture.h"
#include "report.h"
#include "text.h"

#define ASKED "guise.drive=vmware-svga"

#define SVGA_ID_2 0x90000002u

enum { INDEX_PORT = 0, VALUE_PORT = 1 };

enum svga_register {
	REG_ID = 0,
	REG_ENABLE = 1,
	REG_WIDTH = 2,
	REG_HEIGHT = 3,
	REG_MAX_WIDTH = 4,
	REG_MAX_HEIGHT = 5,
	REG_BITS_PER_PIXEL = 7,
	REG_RED_MASK = 9,
	REG_GREEN_MASK = 10,
	REG_BLUE_MASK = 11,
	REG_BYTES_PER_LINE = 12,
	REG_FB_OFFSET = 14,
	REG_FB_SIZE = 16,
	REG_CAPABILITIES = 17,
	REG_MEM_SIZE = 19,
	REG_CONFIG_DONE = 20,
	REG_SYNC = 21,
	REG_BUSY = 22,
};

/* The words that the FIFO begins with; commands may stand from there on. */
enum { FIFO_MIN, FIFO_MAX, FIFO_NEXT, FIFO_STOP, FIFO_WORDS };

#define CMD_UPDATE 1

/* A device that is there has nothing to wait for: QEMU's is done when the write of REG_SYNC returns. */
#define PATIENCE_US 1000000
#define POLL_US 1000

static int ports;
/* The first errno of the ports, or 0. */
static int port_error;
static struct svga_answers answers;

static void put(uint32_t index, uint32_t value)
{
	if (pwrite(ports, &index, sizeof(index), INDEX_PORT) != sizeof(index) ||
	    pwrite(ports, &value, sizeof(value), VALUE_PORT) != sizeof(value))
		port_error = errno;
}

static uint32_t get(uint32_t index)
{
	uint32_t value = 0;

	if (pwrite(ports, &index, sizeof(index), INDEX_PORT) != sizeof(index) ||
	    pread(ports, &value, sizeof(value), VALUE_PORT) != sizeof(value))
		port_error = errno;
	return value;
}

/* Each step returns NULL, or why it did not succeed. */

static const char *shake_hands(void)
{
	put(REG_ID, SVGA_ID_2);
	answers.id = get(REG_ID);
	if (port_error)
		return strerror(port_error);
	if (answers.id != SVGA_ID_2)
		return "it does not speak version 2 of the protocol";
	answers.capabilities = get(REG_CAPABILITIES);
	answers.max_width = get(REG_MAX_WIDTH);
	answers.max_height = get(REG_MAX_HEIGHT);
	answers.framebuffer_size = get(REG_FB_SIZE);
	answers.fifo_size = get(REG_MEM_SIZE);
	return NULL;
}

static const char *set_mode(void)
{
	put(REG_WIDTH, PICTURE_WIDTH);
	put(REG_HEIGHT, PICTURE_HEIGHT);
	put(REG_BITS_PER_PIXEL, 32);
	put(REG_ENABLE, 1);
	answers.width = get(REG_WIDTH);
	answers.height = get(REG_HEIGHT);
	answers.bits_per_pixel = get(REG_BITS_PER_PIXEL);
	answers.red_mask = get(REG_RED_MASK);
	answers.green_mask = get(REG_GREEN_MASK);
	answers.blue_mask = get(REG_BLUE_MASK);
	answers.bytes_per_line = get(REG_BYTES_PER_LINE);
	answers.framebuffer_offset = get(REG_FB_OFFSET);
	if (answers.width != PICTURE_WIDTH || answers.height != PICTURE_HEIGHT || answers.bits_per_pixel != 32)
		return "it does not take the mode";
	if (answers.red_mask != 0xff0000 || answers.green_mask != 0xff00 || answers.blue_mask != 0xff)
		return "its pixels are not 0xRRGGBB";
	return NULL;
}

static const char *draw(const char *device)
{
	size_t size;
	uint8_t *frame = pci_map(device, "resource1", &size);
	uint64_t line = answers.bytes_per_line, end = answers.framebuffer_offset + line * PICTURE_HEIGHT;

	if (!frame)
		return strerror(errno);
	if (line < 4 * PICTURE_WIDTH || line % 4 || answers.framebuffer_offset % 4 || end > size)
		return "its framebuffer does not hold the mode";
	frame += answers.framebuffer_offset;
	for (uint32_t y = 0; y < PICTURE_HEIGHT; y++)
		for (uint32_t x = 0; x < PICTURE_WIDTH; x++)
			((volatile uint32_t *)(frame + y * line))[x] = picture_pixel(x, y);
	return NULL;
}

static volatile uint32_t *fifo;

static const char *start_fifo(const char *device)
{
	size_t size;

	fifo = pci_map(device, "resource2", &size);
	if (!fifo)
		return strerror(errno);
	if (answers.fifo_size > size || answers.fifo_size < 1024)
		return "its FIFO is not as large as it says";
	fifo[FIFO_MIN] = FIFO_WORDS * sizeof(uint32_t);
	fifo[FIFO_MAX] = answers.fifo_size;
	fifo[FIFO_NEXT] = fifo[FIFO_MIN];
	fifo[FIFO_STOP] = fifo[FIFO_MIN];
	put(REG_CONFIG_DONE, 1);
	return get(REG_CONFIG_DONE) ? NULL : "it does not take the FIFO";
}

static bool is_idle(void *context)
{
	(void)context;
	return !get(REG_BUSY);
}

static const char *update(void)
{
	const uint32_t command[] = { CMD_UPDATE, 0, 0, PICTURE_WIDTH, PICTURE_HEIGHT };
	enum wait_end end;

	for (size_t i = 0; i < sizeof(command) / sizeof(command[0]); i++)
		fifo[FIFO_WORDS + i] = command[i];
	/* The device reads up to there as soon as it sees it. */
	__sync_synchronize();
	fifo[FIFO_NEXT] = FIFO_WORDS * sizeof(uint32_t) + sizeof(command);
	put(REG_SYNC, 1);
	end = wait_until(is_idle, NULL, PATIENCE_US, POLL_US);
	answers.fifo_next = fifo[FIFO_NEXT];
	answers.fifo_stop = fifo[FIFO_STOP];
	if (end != WAIT_DONE)
		return "it stays busy";
	return answers.fifo_stop == answers.fifo_next ? NULL : "it does not execute what is in its FIFO";
}

static const char *show_picture(const char *device)
{
	const char *why;

	if (!pci_enable(device))
		return strerror(errno);
	ports = pci_open(device, "resource0");
	if (ports < 0)
		return strerror(errno);
	if ((why = shake_hands()) || (why = set_mode()) || (why = start_fifo(device)) || (why = draw(device)) ||
	    (why = update()))
		return why;
	return port_error ? strerror(port_error) : NULL;
}

void drive_vmware_svga(void)
{
	char device[PATH_SIZE];
	static char told[4096];
	const char *why;

	if (!read_text("/proc/cmdline", told, sizeof(told)) || !has_word(told, ASKED))
		return;
	if (!pci_find(device, "0x15ad", "0x0405")) {
		report_problem("vmware-svga", strerror(ENODEV));
		return;
	}
	why = show_picture(device);
	if (why)
		report_problem("vmware-svga", why);
	answers.drawn = !why;
	record_start(RECORD_SVGA);
	record_add(&answers, sizeof(answers));
	record_add_text(strrchr(device, '/') + 1);
	record_send();
}
