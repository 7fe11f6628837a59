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
	{ "pci", false }, { "virtio", false }, { "vmbus", false }, { "xen", false },
	{ "platform", true }, { "acpi", true }, { "pnp", true },
};

/* Which device it is, in the words of its bus: pci and virtio, pci, vmbus, xen, pnp. */
static const char *const attributes[] = { "vendor", "device", "class", "class_id", "devtype", "id" };

/* The name of the driver bound to @device, or "". */
static void driver_of(const char *device, char *driver)
{
	char path[PATH_SIZE], target[PATH_SIZE];
	ssize_t length;
	char *slash;

	driver[0] = 0;
	if (!path_join(path, device, "driver"))
		return;
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return;
	target[length] = 0;
	slash = strrchr(target, '/');
	strcpy(driver, slash ? slash + 1 : target);
}

static void send_device(const char *bus, const char *name, const char *device, const char *driver)
{
	char value[256];

	record_start(RECORD_DEVICE);
	record_add_field(bus);
	record_add_field(name);
	record_add_field(driver);
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!read_attribute(device, attributes[i], value, sizeof(value)))
			continue;
		record_add_text(attributes[i]);
		record_add_text("=");
		record_add_field(value);
	}
	record_send();
}

static void collect_bus(const char *bus, bool bound_only)
{
	char folder[PATH_SIZE], device[PATH_SIZE], driver[PATH_SIZE];
	struct dirent *entry;
	DIR *opened;

	path_join(folder, "/sys/bus", bus);
	path_join(folder, folder, "devices");
	opened = opendir(folder);
	while (opened && (entry = next_entry(opened))) {
		if (!path_join(device, folder, entry->d_name))
			continue;
		driver_of(device, driver);
		if (driver[0] || !bound_only)
			send_device(bus, entry->d_name, device, driver);
	}
	if (opened)
		closedir(opened);
}

void collect_devices(void)
{
	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		collect_bus(buses[i].name, buses[i].bound_only);
}

static uint32_t bus_fingerprint(const char *bus)
{
	char folder[PATH_SIZE], device[PATH_SIZE], driver[PATH_SIZE];
	uint32_t sum = 0;
	struct dirent *entry;
	DIR *opened;

	path_join(folder, "/sys/bus", bus);
	path_join(folder, folder, "devices");
	opened = opendir(folder);
	while (opened && (entry = next_entry(opened))) {
		if (!path_join(device, folder, entry->d_name))
			continue;
		driver_of(device, driver);
		/* A sum, for sysfs lists its entries in no order that lasts. */
		sum += crc32(device, strlen(device)) * (crc32(driver, strlen(driver)) | 1);
	}
	if (opened)
		closedir(opened);
	return sum;
}

uint32_t devices_fingerprint(void)
{
	uint32_t sum = bus_fingerprint("scsi");

	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		sum += bus_fingerprint(buses[i].name);
	return sum;
}
