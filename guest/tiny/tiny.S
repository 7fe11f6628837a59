/* SPDX-License-Identifier: MIT */
/*
 * tiny: a bare-metal guest that tells what CPUID says, and ends.  README.md has its command line and its output.
 *
 * Loaded by QEMU's -kernel as a multiboot image (Multiboot Specification 0.6.96): entered in 32-bit protected mode with
 * flat segments, paging and interrupts off, and EBX at the information that the loader left.
 */

#define MULTIBOOT_MAGIC		0x1badb002
#define MULTIBOOT_FLAGS		0
#define INFO_HAS_CMDLINE	(1 << 2)	/* in the flags, which are the first word of the information */
#define INFO_CMDLINE		16		/* offset of the address of the command line */

#define LOOP_TURNS		0x4000

#define PORT_OUTPUT		0xe9		/* QEMU's isa-debugcon */
#define PORT_EXIT		0xf4		/* QEMU's isa-debug-exit, which ends QEMU with status value * 2 + 1 */
#define EXIT_DONE		0x21		/* status 67 */
#define EXIT_BAD_LIST		0x22		/* status 69 */

	.code32
	.text

	.balign	4
	.long	MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

	.globl	_start
_start:
	movl	$stack, %esp
	testb	$INFO_HAS_CMDLINE, (%ebx)
	jz	bad_list
	movl	INFO_CMDLINE(%ebx), %esi

	/* The list is what follows the last `=`: QEMU puts the image's path first, and a path may hold anything. */
	xorl	%edi, %edi
find:	lodsb
	cmpb	$'=', %al
	jne	1f
	movl	%esi, %edi
1:	testb	%al, %al
	jnz	find
	movl	%edi, %esi
	testl	%esi, %esi
	jz	bad_list

	/* One item: LEAF or LEAF.SUBLEAF, `t` or `v`; and what ends it. */
item:	movb	(%esi), %al
	cmpb	$'t', %al
	je	timed_loop
	cmpb	$'v', %al
	je	vex
	call	read_number
	movl	%edx, %ebp
	xorl	%edi, %edi
	cmpb	$'.', %al
	jne	1f
	call	read_number
	movl	%edx, %edi
1:	testb	%al, %al
	jz	1f
	cmpb	$',', %al
	jne	bad_list

1:	pushl	%eax
	movl	%ebp, %eax
	movl	%edi, %ecx
	cpuid
	pushl	%edx
	pushl	%ecx
	pushl	%ebx
	pushl	%eax
	pushl	%edi
	pushl	%ebp
	movl	$6, %ecx
word:	popl	%edx
	call	write_number
	movb	$' ', %al
	decl	%ecx
	jnz	1f
	movb	$'\n', %al
1:	outb	%al, $PORT_OUTPUT
	testl	%ecx, %ecx
	jnz	word

	popl	%eax
next:	testb	%al, %al
	jnz	item
	movb	$EXIT_DONE, %al
	jmp	exit

	/*
	 * How many cycles a loop takes, by the TSC: a CPU needs one or two a turn, a KVM that emulates guest code some
	 * thousands.
	 */
timed_loop:
	rdtsc
	movl	%eax, %ebp
	movl	$LOOP_TURNS, %ecx
1:	decl	%ecx
	jnz	1b
	rdtsc
	subl	%ebp, %eax
	movl	%eax, %edx
	movb	$'t', %bl
	jmp	number

	/*
	 * ANDN, an instruction with a VEX prefix that needs nothing switched on, where CPUID offers BMI1 (Intel SDM
	 * vol. 2A: leaf 7 EBX bit 3). ~0x0f & 0xff is 0xf0; 0 says that it is not offered.
	 */
vex:	movl	$7, %eax
	xorl	%ecx, %ecx
	cpuid
	xorl	%edx, %edx
	testb	$(1 << 3), %bl
	jz	1f
	movl	$0x0f, %ecx
	movl	$0xff, %ebp
	andn	%ebp, %ecx, %edx
1:	movb	$'v', %bl

	/* A line of the item's letter and the number in EDX. */
number:	lodsb
	movb	%bl, %al
	outb	%al, $PORT_OUTPUT
	movb	$' ', %al
	outb	%al, $PORT_OUTPUT
	call	write_number
	movb	$'\n', %al
	outb	%al, $PORT_OUTPUT
	lodsb
	testb	%al, %al
	jz	next
	cmpb	$',', %al
	je	next

bad_list:
	movb	$EXIT_BAD_LIST, %al
exit:	outb	%al, $PORT_EXIT
	/* QEMU may end a moment later, or lack the device. */
1:	hlt
	jmp	1b

/* Reads 1 to 8 hexadecimal digits (0-9, a-f) at ESI into EDX, and the character after them into AL. */
read_number:
	xorl	%edx, %edx
	xorl	%ecx, %ecx
digit:	lodsb
	movb	%al, %bl
	subb	$'0', %bl
	cmpb	$10, %bl
	jb	1f
	subb	$('a' - '0'), %bl
	cmpb	$6, %bl
	jae	2f
	addb	$10, %bl
1:	shll	$4, %edx
	orb	%bl, %dl
	incl	%ecx
	jmp	digit
2:	decl	%ecx
	cmpl	$8, %ecx			/* none is seen as 0xffffffff, more than eight as 8 and up */
	jae	bad_list
	ret

/* Writes EDX as eight hexadecimal digits; changes AL and EDX. */
write_number:
	pushl	%ecx
	movl	$8, %ecx
1:	roll	$4, %edx
	movb	%dl, %al
	andb	$15, %al
	addb	$'0', %al
	cmpb	$'9', %al
	jbe	2f
	addb	$('a' - '9' - 1), %al
2:	outb	%al, $PORT_OUTPUT
	decl	%ecx
	jnz	1b
	popl	%ecx
	ret

	.bss
	.skip	256
stack:
