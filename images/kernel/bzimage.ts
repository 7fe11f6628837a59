/**
 * The facts of a bzImage's header that guise uses. Offsets and meanings: the kernel's Documentation/arch/x86/boot.rst, "The
 * Real-Mode Kernel Header".
 */
export interface BzImageHeader {
  /** `RELEASE (BUILDER) #N ...`. */
  readonly banner: string
  /** Where the compressed kernel starts in the file. */
  readonly payloadOffset: number
  /** Its length, with the four bytes that the build appends to most formats. */
  readonly payloadLength: number
}

/** The number of bytes from a file's start that hold the whole header and its banner: 65 sectors are the most there can be. */
export const bzImageHeadSize = 65 * 512

/** Whether a file that begins with these bytes is an x86 boot image: the boot flag, and `HdrS` behind it. */
export function looksLikeBzImage(head: Buffer): boolean {
  return (
    head.length >= 0x206 &&
    head.readUInt16LE(0x1fe) === 0xaa55 &&
    head.toString('latin1', 0x202, 0x206) === 'HdrS'
  )
}

/**
 * Reads the header.
 *
 * @param head - the file's first bytes, {@link bzImageHeadSize} of them where it has so many
 * @param fileSize - the file's whole size, in bytes
 * @returns the header, or in words what is wrong with the file, fit to stand behind `kernel X is `
 */
export function readBzImageHeader(head: Buffer, fileSize: number): BzImageHeader | string {
  if (head.length < 0x250)
    return `a truncated bzImage: it ends at byte ${fileSize}, inside its header`
  const protocol = head.readUInt16LE(0x206)
  if (protocol < 0x20c) {
    return `too old: boot protocol ${protocol >> 8}.${String(protocol & 0xff).padStart(2, '0')}, expected 2.12 or later (Linux 3.8)`
  }
  // XLF_KERNEL_64 of xloadflags: guise's init is a 64-bit program.
  if ((head.readUInt16LE(0x236) & 1) === 0) return 'a 32-bit kernel; expected an x86-64 one'

  // "If setup_sects is 0, the real value is 4"; the boot sector comes on top.
  const setupSize = ((head.readUInt8(0x1f1) || 4) + 1) * 512
  const expected = setupSize + head.readUInt32LE(0x1f4) * 16
  // syssize is rounded up to 16 bytes.
  if (fileSize + 15 < expected) {
    return `a truncated bzImage: its header states ${expected} bytes, the file has ${fileSize}`
  }
  const text = 0x200 + head.readUInt16LE(0x20e)
  const end = head.indexOf(0, text)
  if (text === 0x200 || end === -1 || end > setupSize)
    return 'a bzImage whose header states no version'
  return {
    banner: head.toString('utf8', text, end).trimEnd(),
    payloadOffset: setupSize + head.readUInt32LE(0x248),
    payloadLength: head.readUInt32LE(0x24c),
  }
}
