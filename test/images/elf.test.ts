import t from 'tap'
import { elfSections } from '../../images/elf.js'
import { elfFile } from './elf-file.js'

const contents = { '.bss': Buffer.from('none of it'), '.text': Buffer.from('code') }
/** Where the table of sections stands in a file of `contents`, and where its entry of `.bss` does. */
const table = (file: Buffer) => Number(file.readBigUInt64LE(0x28))
const bss = (file: Buffer) => table(file) + 64

t.test('the sections of a file by name', t => {
  const sections = elfSections(elfFile(contents))
  t.same([...sections.keys()], ['', '.bss', '.text', '.shstrtab'])
  t.equal(sections.get('.text')?.toString(), 'code')
  t.equal(sections.get('.bss')?.toString(), 'none of it')
  t.end()
})

t.test('a section that takes no room in the file has no content', t => {
  const file = elfFile(contents)
  file.writeUInt32LE(8, bss(file) + 4)
  t.equal(elfSections(file).get('.bss')?.length, 0)
  t.equal(elfSections(file).get('.text')?.toString(), 'code')
  t.end()
})

t.test('a file that says what cannot be is none', t => {
  const small = elfFile(contents)
  small.writeUInt16LE(63, 0x3a)
  t.throws(() => elfSections(small), { message: /section headers of no known form/ })
  const whole = elfFile(contents)
  t.throws(() => elfSections(whole.subarray(0, -1)), { message: 'a truncated ELF file' })
  t.throws(() => elfSections(Buffer.from('\x7fELF\x02\x01')), TypeError)
  const narrow = elfFile(contents)
  narrow.writeUInt8(1, 4)
  t.throws(() => elfSections(narrow), { message: /64-bit little-endian/ })
  t.end()
})
