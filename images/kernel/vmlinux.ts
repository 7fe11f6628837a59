import { elfHeaderSize, elfSegments, endOfTable, readElfHeader } from '../elf.js'

/** A part of a file that is loaded into memory. */
export interface Segment {
  readonly offset: number
  readonly size: number
}

/** The facts of a vmlinux that guise uses. */
export interface ElfKernel {
  /** What is loaded: code, read-only data (with the banner and, where built in, the configuration) and data. */
  readonly loaded: readonly Segment[]
  /** Where its notes lie. */
  readonly notes: readonly Segment[]
}

const machineNames: Readonly<Record<number, string>> = {
  3: '32-bit x86',
  8: 'MIPS',
  21: 'PowerPC64',
  22: 's390',
  40: '32-bit ARM',
  183: 'arm64',
  243: 'RISC-V',
  258: 'LoongArch',
}

/** The most that an x86-64 kernel takes in memory: KERNEL_IMAGE_SIZE (arch/x86/include/asm/page_64_types.h). */
export const maxKernelSize = 2 ** 30

/** The number of bytes from a file's start that hold a vmlinux' program headers. */
export const elfHeadSize = 4096

/**
 * Reads the headers of an ELF file (the format: elf(5)).
 *
 * @param head - the file's first bytes, {@link elfHeadSize} of them where it has so many
 * @param fileSize - the file's whole size, in bytes
 * @returns what is in it, or in words what is wrong with it, fit to stand behind `kernel X is `
 */
export function readElf(head: Buffer, fileSize: number): ElfKernel | string {
  const truncated = (expected: number) =>
    `a truncated ELF file: its headers state at least ${expected} bytes, the file has ${fileSize}`
  if (head.length < 20) return truncated(elfHeaderSize)
  const [elfClass, byteOrder] = [head.readUInt8(4), head.readUInt8(5)]
  const machine = byteOrder === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)
  if (machine !== 62 || byteOrder !== 1 || elfClass !== 2) {
    const name = machineNames[machine] ?? (machine === 62 ? 'x32' : `machine ${machine}`)
    return `an ELF file for ${name}; expected x86-64`
  }
  if (head.length < elfHeaderSize) return truncated(elfHeaderSize)

  const header = readElfHeader(head)
  const { segments, sections } = header
  const tablesEnd = Math.max(endOfTable(segments), endOfTable(sections))
  if (tablesEnd > fileSize) return truncated(tablesEnd)
  if (segments.count === 0 || segments.entrySize !== 56 || endOfTable(segments) > head.length) {
    return 'an ELF file that cannot be loaded, as object files cannot; expected a linked vmlinux'
  }
  const headers = elfSegments(head, header)
  const end = Math.max(...headers.map(({ offset, size }) => offset + size))
  if (end > fileSize) return truncated(end)
  const loaded = headers.filter(({ type }) => type === 1)
  const loadedSize = loaded.reduce((sum, { size }) => sum + size, 0)
  if (loadedSize > maxKernelSize)
    return `an ELF file that loads ${loadedSize} bytes; an x86-64 kernel has at most ${maxKernelSize}`
  return {
    loaded,
    notes: headers.filter(({ type }) => type === 4),
  }
}

/**
 * Whether a note segment has the PVH entry point, without which QEMU starts no vmlinux: XEN_ELFNOTE_PHYS32_ENTRY
 * (include/xen/interface/elfnote.h), put there by CONFIG_PVH.
 */
export function hasPvhNote(notes: Buffer): boolean {
  for (let at = 0; at + 12 <= notes.length;) {
    const [nameSize, descriptorSize] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)]
    const name = notes.toString('latin1', at + 12, at + 12 + nameSize)
    if (name === 'Xen\0' && notes.readUInt32LE(at + 8) === 18) return true
    at += 12 + align4(nameSize) + align4(descriptorSize)
  }
  return false
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4
}
