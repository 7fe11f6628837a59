// SPDX-License-Identifier: MIT
/*
 * What the kernel made of its CPUs.  Most of it is the same for each, and a report has room for hundreds: of /proc/cpuinfo the
 * CPUs after the first come with the lines alone that the first has not, and of a folder of small files comes one record.
 */
#define _GNU_SOURCE
#include "cpus.h"

#include <ctype.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "report.h"
#include "text.h"

#define CPUS "/sys/devices/system/cpu"

/* Some 2 KiB are a CPU's today. */
enum { MOST_OF_A_CPU = 16384 };

/* The first CPU of /proc/cpuinfo: a newline before each line and behind the last. */
static char first_cpu[MOST_OF_A_CPU];
static size_t first_size;

static bool is_of_first(const char *line, size_t size)
{
	/* With the newline before it; @line has its own behind it. */
	const char *found = first_cpu;

	while ((found = memmem(found, first_cpu + first_size - found, line, size))) {
		if (found > first_cpu && found[-1] == '\n')
			return true;
		found++;
	}
	return false;
}

static void add_to(const char *path, const char *text, size_t size)
{
	if (size > record_room()) {
		record_send();
		record_start(RECORD_FILE);
		record_add_field(path);
	}
	record_add(text, size);
}

/* A line of /proc/cpuinfo with its newline; the first CPU ends with the first empty one. */
static void take_line(const char *path, const char *line, size_t size)
{
	static bool in_later;

	if (!in_later) {
		if (first_size + size <= sizeof(first_cpu)) {
			memcpy(first_cpu + first_size, line, size);
			first_size += size;
		}
		in_later = size == 1;
	} else if (size > 1 && is_of_first(line, size)) {
		return;
	}
	add_to(path, line, size);
}

static void send_cpuinfo(void)
{
	static const char path[] = "/proc/cpuinfo";
	static char text[MOST_OF_A_CPU];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t held = 0;
	ssize_t got;

	if (fd < 0)
		return;
	first_cpu[0] = '\n';
	first_size = 1;
	record_start(RECORD_FILE);
	record_add_field(path);
	while ((got = read(fd, text + held, sizeof(text) - held)) > 0) {
		char *line = text, *end;

		held += got;
		while ((end = memchr(line, '\n', text + held - line))) {
			take_line(path, line, end + 1 - line);
			line = end + 1;
		}
		/* A line that is longer than all of this is no line of the kernel's. */
		held = line == text && held == sizeof(text) ? 0 : text + held - line;
		memmove(text, line, held);
	}
	record_send();
	close(fd);
}

/* Adds "@prefix@name=value" for each of the files that @folder has. */
static void add_values(const char *prefix, const char *folder, const char *const *names)
{
	char value[PATH_SIZE];

	for (; *names; names++) {
		if (!read_attribute(folder, *names, value, sizeof(value)))
			continue;
		record_add_text(prefix);
		record_add_text(*names);
		record_add_text("=");
		record_add_text(value);
		record_add_text("\n");
	}
}

/* Documentation/ABI/stable/sysfs-devices-system-cpu; the lists by the names that 5.10 knows, too. */
static const char *const topology[] = {
	"physical_package_id", "die_id",        "cluster_id", "core_id", "thread_siblings_list",
	"core_siblings_list",  "die_cpus_list", NULL,
};

static const char *const cache[] = {
	"level",           "type", "id", "size", "ways_of_associativity", "number_of_sets", "coherency_line_size",
	"shared_cpu_list", NULL,
};

static void send_topology(const char *cpu)
{
	char path[PATH_SIZE];

	if (!path_join(path, cpu, "topology"))
		return;
	record_start(RECORD_FILE);
	record_add_field(path);
	add_values("", path, topology);
	record_send();
}

static void send_caches(const char *cpu)
{
	char path[PATH_SIZE], of_cache[PATH_SIZE], prefix[PATH_SIZE];
	struct dirent *entry;
	DIR *opened;

	if (!path_join(path, cpu, "cache"))
		return;
	opened = opendir(path);
	if (!opened)
		return;
	record_start(RECORD_FILE);
	record_add_field(path);
	while ((entry = next_entry(opened)))
		if (!strncmp(entry->d_name, "index", 5) && path_join(of_cache, path, entry->d_name) &&
		    path_join(prefix, entry->d_name, ""))
			add_values(prefix, of_cache, cache);
	record_send();
	closedir(opened);
}

void collect_cpus(void)
{
	static const char *const files[] = { "online", "present", "possible", "smt/active", "smt/control" };
	DIR *opened = opendir(CPUS);
	char path[PATH_SIZE];
	struct dirent *entry;

	send_cpuinfo();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (path_join(path, CPUS, files[i]))
			send_file(path);
	send_folder(CPUS "/vulnerabilities", 0);
	while (opened && (entry = next_entry(opened))) {
		if (strncmp(entry->d_name, "cpu", 3) || !isdigit((unsigned char)entry->d_name[3]) ||
		    !path_join(path, CPUS, entry->d_name))
			continue;
		send_topology(path);
		send_caches(path);
	}
	if (opened)
		closedir(opened);
}
