/**
 * Says what a file is that is no x86 kernel, as far as its first bytes tell, fit to stand behind `kernel X is `.
 *
 * @param head - the file's first bytes; not none
 */
export function describeForeign(head: Buffer): string {
  // "code0 .. magic" of Documentation/arch/arm64/booting.rst and Documentation/arch/riscv/boot-image-header.rst.
  const magic = head.toString('latin1', 0x38, 0x3c)
  if (magic === 'ARM\x64') return 'an arm64 Image; expected an x86-64 bzImage or vmlinux'
  if (magic === 'RSC\x05') return 'a RISC-V Image; expected an x86-64 bzImage or vmlinux'
  if (head.toString('latin1', 4, 8) === 'zimg')
    return 'a compressed EFI image of another machine; expected an x86-64 bzImage or vmlinux'
  if (isText(head)) return 'a text file; expected an x86-64 bzImage or vmlinux'
  const start = head.subarray(0, 8).toString('hex')
  return `no x86-64 kernel: neither a bzImage nor an ELF file (it begins with ${start})`
}

function isText(head: Buffer): boolean {
  return head.every(byte => byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d)) && !head.includes(0x7f)
}
