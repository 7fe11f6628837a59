import t from 'tap'
import { looksLikeElf } from '../../../images/elf.js'
import { hasPvhNote, readElf } from '../../../images/kernel/vmlinux.js'
import { elf, note, pvhNote } from './synthetic.js'

const at = 64 + 2 * 56

t.test('what is loaded, and the notes', t => {
  const file = elf({ data: Buffer.alloc(100) })
  t.ok(looksLikeElf(file))
  t.match(readElf(file, file.length), {
    loaded: [{ offset: at, size: 100 }],
    notes: [{ offset: at + 100, size: pvhNote.length }],
  })
  t.end()
})

t.test('a file cut short anywhere', t => {
  const file = elf()
  for (const size of [file.length - 1, at + 10, 100, 63, 10]) {
    const stated = size < 64 ? 64 : file.length
    t.equal(
      readElf(file.subarray(0, size), size),
      `a truncated ELF file: its headers state at least ${stated} bytes, the file has ${size}`,
    )
  }
  // The tables may be there, and the data not.
  const strange = elf()
  strange.writeBigUInt64LE(1_000_000n, 64 + 32)
  t.match(readElf(strange, strange.length), /truncated.*at least 1000176 bytes/)
  t.end()
})

t.test('other machines and other kinds', t => {
  const wrong = (file: Buffer) => readElf(file, file.length)
  t.match(wrong(elf({ machine: 183 })), /an ELF file for arm64; expected x86-64/)
  t.match(wrong(elf({ machine: 3, elfClass: 1 })), /32-bit x86/)
  t.match(wrong(elf({ elfClass: 1 })), /x32/)
  t.match(wrong(elf({ machine: 4711 })), /machine 4711/)
  t.match(wrong(elf({ segments: false })), /object files/)
  const bigEndian = elf()
  bigEndian.set([2, 2], 4)
  bigEndian.writeUInt16BE(22, 18)
  t.match(wrong(bigEndian), /s390/)
  t.end()
})

t.test('the PVH entry among the notes', t => {
  t.ok(hasPvhNote(pvhNote))
  t.notOk(hasPvhNote(Buffer.alloc(0)))
  t.notOk(hasPvhNote(note('Xen', 6, Buffer.from('linux\0'))))
  t.notOk(hasPvhNote(note('GNU', 18, Buffer.alloc(8))))
  t.notOk(hasPvhNote(pvhNote.subarray(0, 30)))
  t.end()
})
