import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hasLinkedSymbols, kernelSymbols } from '../../../images/kernel/symbols.js'
import { elfSectionHeaders, elfSections, readElfHeader } from '../../../images/elf.js'
import { symbolFile } from '../../../images/kernel/symbol-file.js'
import { functionsIn } from '../../../images/kernel/symbols.js'

const symbols = [
  { address: 0xffffffff81000000n, name: '_text' },
  { address: 0xffffffff81000000n, name: '_stext' },
  { address: 0xffffffff81000040n, name: 'start_kernel' },
  { address: 0xffffffff82c3e45en, name: 'init_hypervisor_platform' },
]

t.test('the names and places are those that went in, in one section over all of them', t => {
  const file = symbolFile(symbols)
  const sections = elfSections(file)
  const none = Buffer.alloc(0)
  const table = sections.get('.symtab') ?? none
  t.same(functionsIn(table, sections.get('.strtab') ?? none), symbols)
  const sizes = symbols.map((_, index) => table.readBigUInt64LE(24 * (index + 1) + 16))
  t.same(sizes, [0x40n, 0x40n, 0x1c3e41en, 1n], 'each up to the next place')
  const [, text] = elfSectionHeaders(file, readElfHeader(file))
  t.same([text?.type, text?.size], [8, 0x1c3e45f], 'which takes no room in the file')
  t.end()
})

t.test('it is read as a vmlinux that is not stripped', async t => {
  const path = join(t.testdir(), 'symbols.elf')
  writeFileSync(path, symbolFile(symbols))
  t.equal(await hasLinkedSymbols(path), true)
  t.equal(await kernelSymbols(path), null, 'and is no kernel')
})
