import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { addressOf, debuggerSymbols } from '../../../images/kernel/debugger-symbols.js'
import { inspectImage } from '../../../images/kernel/image.js'
import { symbolFile } from '../../../images/kernel/symbol-file.js'
import { SymbolTable } from '../../../images/kernel/symbol-table.js'
import { hasLinkedSymbols } from '../../../images/kernel/symbols.js'
import { InputError } from '../../../runner/errors.js'
import { kallsymsImage } from './kallsyms-image.js'
import { bzImage, debianBanner, pvhNote } from './synthetic.js'

const entries = Array.from({ length: 600 }, (_, index) => ({
  address: 0xffffffff81000000n + BigInt(0x100 * index),
  name: `tstep_${index}`,
}))

t.test('a kernel without a vmlinux gets a file of its own table', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const path = join(folder, 'bzImage')
  writeFileSync(path, bzImage({ payload: gzipSync(kallsymsImage('6.4', entries)) }))
  const facts = await inspectImage(path, path)
  const kernel = { spec: path, path, ...facts, modules: { from: 'tree', path: folder } as const }
  const { file, isVmlinux, table } = await debuggerSymbols(kernel)
  t.equal(isVmlinux, false)
  t.equal(await hasLinkedSymbols(file), true)
  t.equal(addressOf(table, 'step_7'), 0xffffffff81000700n)
})

/** A vmlinux with one function: a file of symbols, and what makes it a kernel behind that. */
function vmlinux(banner: string): Buffer {
  const file = symbolFile([{ address: 0xffffffff81abcd00n, name: 'of_vmlinux' }])
  const data = Buffer.from(`Linux version ${banner.replace(' #', ' (gcc) #')}\n\0`)
  const segments = Buffer.alloc(2 * 56)
  const headers = [
    [1, file.length, data.length],
    [4, file.length + data.length, pvhNote.length],
  ] as const
  for (const [index, [type, offset, size]] of headers.entries()) {
    segments.writeUInt32LE(type, index * 56)
    segments.writeBigUInt64LE(BigInt(offset), index * 56 + 8)
    segments.writeBigUInt64LE(BigInt(size), index * 56 + 32)
  }
  file.writeBigUInt64LE(BigInt(file.length + data.length + pvhNote.length), 32)
  file.writeUInt16LE(56, 54)
  file.writeUInt16LE(headers.length, 56)
  return Buffer.concat([file, data, pvhNote, segments])
}

t.test('the vmlinux beside it is taken where it is the same build, and else is not', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const path = join(folder, 'bzImage')
  writeFileSync(path, bzImage({ payload: gzipSync(kallsymsImage('6.4', entries)) }))
  const facts = await inspectImage(path, path)
  const kernel = { spec: path, path, ...facts, modules: { from: 'tree', path: folder } as const }
  const beside = join(folder, 'vmlinux')
  writeFileSync(beside, vmlinux(debianBanner))
  const same = await debuggerSymbols(kernel)
  t.same([same.file, same.isVmlinux], [beside, true])
  t.equal(addressOf(same.table, 'of_vmlinux'), 0xffffffff81abcd00n)
  writeFileSync(beside, vmlinux(debianBanner.replace('#1', '#2')))
  t.equal((await debuggerSymbols(kernel)).isVmlinux, false)
})

t.test('one that knows no functions is an error', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const path = join(folder, 'bzImage')
  writeFileSync(path, bzImage())
  const facts = await inspectImage(path, path)
  const kernel = { spec: 'mine', path, ...facts, modules: { from: 'machine' } as const }
  await t.rejects(debuggerSymbols(kernel), {
    message: /^kernel mine: expected a table of its symbols/,
  })
})

t.test('a function is found by its name, or those like it are told', t => {
  const table = new SymbolTable([
    { address: 0xffffffff81000000n, name: 'init_hypervisor_platform' },
    { address: 0xffffffff81000100n, name: 'detect' },
    { address: 0xffffffff81000200n, name: 'detect' },
  ])
  t.equal(addressOf(table, 'init_hypervisor_platform'), 0xffffffff81000000n)
  t.throws(
    () => addressOf(table, 'init_hypervisor_platfrm'),
    new InputError(
      '--gdb: the kernel has no function `init_hypervisor_platfrm`; did you mean init_hypervisor_platform?',
    ),
  )
  t.throws(() => addressOf(table, 'detect'), { message: /several are `detect`/ })
  t.end()
})
