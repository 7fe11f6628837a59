// SPDX-License-Identifier: MIT
#include "devices.h"

#include <string.h>
#include <unistd.h>

#include "crc32.h"
#include "report.h"
#include "text.h"

static const struct {
	const char *name;
	/* Whether a device with no driver is of no interest; the kernel invents dozens on these buses. */
	bool bound_only;
} buses[] = {
	/* clang-format off */
	{ "pci", false },
	{ "virtio", false },
	{ "vmbus", false },
	{ "xen", false },
	{ "platform", true },
	{ "acpi", true },
	{ "pnp", true },
	/* clang-format on */
};

#define BUSES (sizeof(buses) / sizeof(buses[0]))

/* A device as sysfs has it. */
struct device {
	const char *bus;
	/* Its name on the bus. */
	const char *name;
	/* Its folder. */
	char path[PATH_SIZE];
	/* The name of the driver bound to it, or "". */
	char driver[PATH_SIZE];
};

/* Which device it is, in the words of its bus: pci and virtio, pci, vmbus, xen, pnp. */
static const char *const attributes[] = { "vendor", "device", "class", "class_id", "devtype", "id" };

static void find_driver(struct device *device)
{
	char path[PATH_SIZE], target[PATH_SIZE];
	ssize_t length;
	char *slash;

	device->driver[0] = 0;
	if (!path_join(path, device->path, "driver"))
		return;
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return;
	target[length] = 0;
	slash = strrchr(target, '/');
	strcpy(device->driver, slash ? slash + 1 : target);
}

/* Calls @visit with each device of @bus, in the order of the folder. */
static void each_device(const char *bus, void (*visit)(const struct device *device, void *context), void *context)
{
	static struct device device;
	char folder[PATH_SIZE];
	struct dirent *entry;
	DIR *opened;

	path_join(folder, "/sys/bus", bus);
	path_join(folder, folder, "devices");
	opened = opendir(folder);
	if (!opened)
		return;
	while ((entry = next_entry(opened))) {
		device.bus = bus;
		device.name = entry->d_name;
		if (!path_join(device.path, folder, entry->d_name))
			continue;
		find_driver(&device);
		visit(&device, context);
	}
	closedir(opened);
}

static void send_device(const struct device *device)
{
	char value[256];

	record_start(RECORD_DEVICE);
	record_add_field(device->bus);
	record_add_field(device->name);
	record_add_field(device->driver);
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!read_attribute(device->path, attributes[i], value, sizeof(value)))
			continue;
		record_add_text(attributes[i]);
		record_add_text("=");
		record_add_field(value);
	}
	record_send();
}

static void send_interesting(const struct device *device, void *bound_only)
{
	if (device->driver[0] || !*(const bool *)bound_only)
		send_device(device);
}

void collect_devices(void)
{
	for (size_t i = 0; i < BUSES; i++) {
		bool bound_only = buses[i].bound_only;

		each_device(buses[i].name, send_interesting, &bound_only);
	}
}

/* A sum, so that the order of the devices does not matter. */
static void add_to_sum(const struct device *device, void *sum)
{
	*(uint32_t *)sum +=
		crc32(device->path, strlen(device->path)) * (crc32(device->driver, strlen(device->driver)) | 1);
}

uint32_t devices_fingerprint(void)
{
	uint32_t sum = 0;

	each_device("scsi", add_to_sum, &sum);
	for (size_t i = 0; i < BUSES; i++)
		each_device(buses[i].name, add_to_sum, &sum);
	return sum;
}
