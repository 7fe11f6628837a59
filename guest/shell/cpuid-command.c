// SPDX-License-Identifier: MIT
#include "cpuid-command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../leaves.h"
#include "../request.h"
#include "../subleaves.h"
#include "start.h"

#define HYPERVISOR_FIRST 0x40000000u
#define HYPERVISOR_LAST 0x4000ffffu
#define RANGE 0x100u

static const char usage[] = "usage: cpuid [-r] [-1] [-l LEAF [-s SUBLEAF]]\n"
			    "  what CPUID says on each vCPU, as `cpuid -r` prints it\n"
			    "  -1  on the first vCPU alone\n"
			    "  -l  one leaf, whether or not it is there\n";

static bool first_only, one_leaf;
static uint32_t wanted_leaf, wanted_subleaf;
static uint32_t cpus_shown;

static void put(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t written = write(fd, text, size);

		if (written < 0 && errno != EINTR)
			exit(1);
		if (written > 0) {
			text += written;
			size -= written;
		}
	}
}

/* Appends "@before" and a number in hexadecimal, of @digits digits. */
static char *append(char *at, const char *before, uint32_t number, int digits)
{
	at = stpcpy(at, before);
	while (digits--)
		*at++ = "0123456789abcdef"[number >> 4 * digits & 0xf];
	return at;
}

static void put_answer(const struct cpuid_answer *answer)
{
	char line[128], *at = line;

	at = append(at, "   0x", answer->leaf, 8);
	at = append(at, " 0x", answer->subleaf, answer->subleaf > 0xff ? 8 : 2);
	at = append(at, ": eax=0x", answer->eax, 8);
	at = append(at, " ebx=0x", answer->ebx, 8);
	at = append(at, " ecx=0x", answer->ecx, 8);
	at = append(at, " edx=0x", answer->edx, 8);
	*at++ = '\n';
	put(1, line, at - line);
}

static void put_heading(uint32_t cpu)
{
	char digits[12], *first = digits + sizeof(digits);

	*--first = '\n';
	*--first = ':';
	do
		*--first = '0' + cpu % 10;
	while (cpu /= 10);
	put(1, "CPU ", 4);
	put(1, first, digits + sizeof(digits) - first);
}

static bool same_registers(const struct cpuid_answer *a, const struct cpuid_answer *b)
{
	return a->eax == b->eax && a->ebx == b->ebx && a->ecx == b->ecx && a->edx == b->edx;
}

static const struct cpuid_answer *find(const struct cpuid_answer *answers, size_t count, uint32_t leaf)
{
	for (size_t i = 0; i < count; i++)
		if (answers[i].leaf == leaf && !answers[i].subleaf)
			return &answers[i];
	return NULL;
}

/*
 * Whether a leaf of the hypervisor range reads as absent: zero, or on KVM with an Intel vendor, above the highest leaf of its base,
 * as the CPU's highest basic leaf (Intel SDM volume 2A, CPUID; KVM's get_out_of_range_cpuid_entry()).
 */
static bool is_absent(const struct cpuid_answer *answer, const struct cpuid_answer *answers, size_t count)
{
	static const struct cpuid_answer zero;
	uint32_t base = answer->leaf & ~(RANGE - 1);
	const struct cpuid_answer *first = find(answers, count, base), *basic = find(answers, count, 0);
	const struct cpuid_answer *highest = basic ? find(answers, count, basic->eax) : NULL;

	if (answer->leaf < HYPERVISOR_FIRST || answer->leaf > HYPERVISOR_LAST)
		return false;
	if (same_registers(answer, &zero))
		return true;
	if (first && answer->leaf != base && (first->eax & ~(RANGE - 1)) == base && answer->leaf <= first->eax)
		return false;
	return highest && same_registers(answer, highest);
}

static void show(uint32_t cpu, const struct cpuid_answer *answers, size_t count)
{
	if (first_only && cpus_shown++)
		return;
	put_heading(cpu);
	if (one_leaf) {
		struct cpuid_answer answer = cpuid(wanted_leaf, wanted_subleaf);

		put_answer(&answer);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (!is_absent(&answers[i], answers, count))
			put_answer(&answers[i]);
}

static void read_request(struct request *request)
{
	static char bytes[REQUEST_SIZE];
	int file = open(REQUEST_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? -1 : read(file, bytes, sizeof(bytes));

	/* Without it, the usual leaves are what there is. */
	request_decode(request, bytes, size < 0 ? 0 : size);
	if (file >= 0)
		close(file);
}

static bool read_number(const char *text, uint32_t *number)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 0);
	*number = value;
	return *text && *text != '-' && !*end && !errno && value <= UINT32_MAX;
}

static bool read_options(int argc, char **argv)
{
	bool has_subleaf = false;
	int option;

	while ((option = getopt(argc, argv, "r1l:s:")) != -1) {
		if (option == '1')
			first_only = true;
		else if (option == 'l' && read_number(optarg, &wanted_leaf))
			one_leaf = true;
		else if (option == 's' && read_number(optarg, &wanted_subleaf))
			has_subleaf = true;
		else if (option != 'r')
			return false;
	}
	return optind == argc && (one_leaf || !has_subleaf);
}

int cpuid_command(int argc, char **argv)
{
	static struct request request;

	if (!read_options(argc, argv)) {
		put(2, usage, sizeof(usage) - 1);
		return 2;
	}
	read_request(&request);
	return each_cpu(&request, show) ? 0 : 1;
}
