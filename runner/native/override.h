/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the preloaded CPUID override share.  README.md says how it is used, and states the format of the
 * table file.
 */
#ifndef GUISE_OVERRIDE_H
#define GUISE_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Indices into the four registers of a CPUID answer, in the order of the table file. */
enum { EAX, EBX, ECX, EDX, REGISTERS };

/* Linux takes as many CPUs on Debian's kernels and more (CONFIG_NR_CPUS); QEMU's machines fewer. */
enum { MAX_VCPUS = 1024 };

enum { MAX_ROWS = 4096, MAX_ABSENT = 64 };

/* What KVM takes since Linux 5.11 (arch/x86/include/asm/kvm_host.h); 80 before, and then KVM itself says E2BIG. */
enum { KVM_MAX_CPUID_ENTRIES = 256 };

enum mechanism { MECHANISM_TCG, MECHANISM_KVM };

/* The vCPUs that a line is for, by their number. */
struct vcpu_set {
	bool all; /* written `-`; bits are 0 then */
	uint64_t bits[MAX_VCPUS / 64];
};

/* What tells one vCPU from another. */
struct vcpu {
	uint32_t number; /* as QEMU counts them from 0, and the guest */
	uint32_t apic_id;
};

/* A value that a register takes from the vCPU. */
enum vcpu_value {
	VALUE_NONE,
	VALUE_APIC_ID,    /* 8 bits */
	VALUE_X2APIC_ID,  /* 32 bits */
	VALUE_XSAVE_SIZE, /* of what XCR0 enables, in the standard format */
	VALUE_XSAVES_SIZE /* the same in the compacted format */
};

/* A range of leaves, both ends included. */
struct leaf_range {
	uint32_t first;
	uint32_t last;
	struct vcpu_set vcpus;
};

/* One `leaf` or `remove` line. */
struct row {
	uint32_t leaf;
	uint32_t subleaf;         /* 0 where any_subleaf */
	bool any_subleaf;         /* written `-` */
	bool remove;              /* reads as absent; keep and set are 0 then */
	uint32_t keep[REGISTERS]; /* bits of the machine's own answer that stay */
	uint32_t set[REGISTERS];  /* bits added to them */
	enum vcpu_value value[REGISTERS];
	uint32_t shift[REGISTERS];  /* by how many bits the value is shifted to the right, at most 31 */
	uint32_t follow[REGISTERS]; /* which bits of what is left are added */
	struct vcpu_set vcpus;
	unsigned int line; /* where it stands in the file, for messages */
};

struct table {
	enum mechanism mechanism;
	struct leaf_range absent[MAX_ABSENT];
	unsigned int absent_count;
	struct row rows[MAX_ROWS];
	unsigned int row_count;
	bool tells_vcpus_apart; /* some line is for some vCPUs, or takes a value of theirs */
};

/*
 * Ends the process, before the guest runs, with exit status 78 (EX_CONFIG of sysexits.h) and one line on stderr that
 * starts with `guise: override: `, by which the runner knows it from QEMU's own errors.
 */
__attribute__((noreturn, format(printf, 1, 2))) void refuse(const char *format, ...);

/* Reads the table file at `path`; refuses a file that is not exactly of the documented form. */
void table_read(struct table *table, const char *path);

/* The line that names this very subleaf for the vCPU of this number, or NULL. */
const struct row *table_exact_row(const struct table *table, uint32_t vcpu, uint32_t leaf, uint32_t subleaf);

/* The line that names the leaf with `-` for the vCPU, or NULL. */
const struct row *table_any_row(const struct table *table, uint32_t vcpu, uint32_t leaf);

/* Whether the leaf lies in a range that the vCPU has none of but the leaves listed. */
bool table_is_absent(const struct table *table, uint32_t vcpu, uint32_t leaf);

/* The first leaf of the range in which a leaf lies; its EAX is the range's highest leaf. */
uint32_t range_first(uint32_t leaf);

/*
 * Whether the table tells the vCPU a highest leaf below this one, where the machine's own is `own_highest`.  A hypervisor's range is
 * none of those in which that hides a leaf: old KVMs say 0 there, and have leaves.
 */
bool table_hides(const struct table *table, uint32_t vcpu, uint32_t leaf, uint32_t own_highest);

/* Whether two lines may both count for a vCPU. */
bool vcpu_sets_meet(const struct vcpu_set *a, const struct vcpu_set *b);

/* Turns the machine's own answer into the asked one; `values` are the vCPU's that the row takes, for each register. */
void row_apply(const struct row *row, const uint32_t values[REGISTERS], uint32_t answer[REGISTERS]);

/*
 * The length in bytes of the first whole instructions of `code` that together cover at least `needed` bytes, where
 * each of them is one that surely means the same at any other address; else 0.  `size` bytes may be read.
 */
size_t prologue_length(const uint8_t *code, size_t size, size_t needed);

/*
 * Makes every call of `function` arrive in `replacement`, and gives in `*original` what calls the function as it was.
 * Returns NULL, or why nothing was changed, in words.  Call it while the process has one thread.
 */
const char *hook_function(void *function, void *replacement, void **original);

/*
 * Makes every call of `function` arrive in `replacement`, whose code is lost: nothing of QEMU's may jump into its first 14
 * bytes.  Else as hook_function().
 */
const char *replace_function(void *function, void *replacement);

/*
 * Whether the CPU of this state (QEMU's CPUX86State) runs a CPUID of the firmware's, which the table is not for.  Where
 * that can't be told, because QEMU or the firmware is another, the answer is no.
 */
bool firmware_asks(const void *cpu_state);

/* Whether the program exports what tcg_override() needs: only QEMU's system emulators for x86 do. */
bool tcg_is_exported(void);

/*
 * Finds which vCPU has this state (QEMU's CPUX86State).  May be called by several threads at once.
 */
struct vcpu vcpu_of_state(const void *cpu_state);

/* Whether the program exports what vcpu_of_state() needs. */
bool vcpus_are_exported(void);

enum { XSAVE_LEAF = 0xd };

/* How a vCPU answers the subleaves of XSAVE_LEAF: `own` as the machine does, `shown` as the guest is to see it. */
struct xsave_answers {
	void (*own)(const void *cpu, uint32_t subleaf, uint32_t answer[REGISTERS]);
	void (*shown)(const void *cpu, uint32_t subleaf, uint32_t answer[REGISTERS]);
	const void *cpu; /* what the two are told */
};

/*
 * The size of the area for the states that are shown to the guest and enabled by it, by their shown sizes and offsets.  Linux
 * enables all that it knows of, and compares this with the sum that it makes itself (arch/x86/kernel/fpu/xstate.c,
 * paranoid_xstate_size_valid()).
 */
uint32_t xsave_size(const struct xsave_answers *answers, bool compacted);

/*
 * Sends CPUID answers of TCG through the table, or, with a table for KVM, watches that TCG is not what runs.  With NULL
 * the answers are QEMU's own.  Either way the meter is told of them.
 */
void tcg_override(const struct table *table);

struct kvm_cpuid2;

/*
 * Writes to `edited`, which has room for KVM_MAX_CPUID_ENTRIES entries, what KVM is to be given for the vCPU in place of
 * `original`.  Refuses a result of more.
 */
void cpuid2_edit(const struct table *table, const struct vcpu *vcpu, const struct kvm_cpuid2 *original,
		 struct kvm_cpuid2 *edited);

/* From now on sends KVM_SET_CPUID2 through the table. */
void kvm_override(const struct table *table);

#endif
