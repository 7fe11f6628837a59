import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { kernelSymbols } from '../../../images/kernel/symbols.js'
import { elfSections } from '../../../images/elf.js'
import { symbolsAsElf } from '../../../images/kernel/symbols-as-elf.js'

const symbols = [
  { address: 0xffffffff81000100n, name: 'second' },
  { address: 0xffffffff81000000n, name: 'first' },
  { address: 0xffffffff81000100n, name: 'alias' },
]

t.test('the names and addresses are in it, in order', async t => {
  const elf = symbolsAsElf(symbols)
  const sections = elfSections(elf)
  t.ok(sections.has('.symtab') && sections.has('.strtab'))
  const table = sections.get('.symtab') ?? Buffer.alloc(0)
  t.same(
    [1, 2, 3].map(index => table.readBigUInt64LE(24 * index + 8).toString(16)),
    ['ffffffff81000000', 'ffffffff81000100', 'ffffffff81000100'],
  )
  t.match((sections.get('.strtab') ?? '').toString('latin1'), /^\0first\0second\0alias\0$/)
  const path = join(t.testdir(), 'vmlinux')
  writeFileSync(path, symbolsAsElf([]))
  t.equal(await kernelSymbols(path), null, 'without symbols it tells none')
})
