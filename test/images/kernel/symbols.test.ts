import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { functionsIn, kernelSymbols } from '../../../images/kernel/symbols.js'
import { bzImage } from './synthetic.js'
import { kallsymsImage } from './kallsyms-image.js'

const entries = Array.from({ length: 600 }, (_, index) => ({
  address: 0xffffffff81000000n + BigInt(0x100 * index),
  name: `tstep_${index}`,
}))

t.test('a bzImage is asked for its functions once, and then the cache', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const path = join(folder, 'bzImage')
  // The build appends the size; gzip has it anyway.
  writeFileSync(path, bzImage({ payload: gzipSync(kallsymsImage('6.4', entries)) }))
  const first = await kernelSymbols(path)
  t.same(first?.find(0xffffffff81000a04n), { name: 'step_10', offset: 4 })
  const [kept = ''] = readdirSync(join(folder, 'cache/guise/symbols'))
  writeFileSync(
    join(folder, 'cache/guise/symbols', kept),
    'ffffffff81000000 kept\nffffffff81000100 end\n',
  )
  const second = await kernelSymbols(path)
  t.same(second?.find(0xffffffff81000004n), { name: 'kept', offset: 4 })
})

t.test('a kernel that knows no functions of its own has none, and is no failure', async t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const path = join(folder, 'bzImage')
  writeFileSync(path, bzImage())
  t.equal(await kernelSymbols(path), null)
  t.equal(await kernelSymbols(join(folder, 'none')), null)
})

t.test('of a symbol table the functions are taken, and what assembly defines', t => {
  const names = Buffer.from('\0f\0data\0label\0absolute\0low\0')
  const symbol = (name: string, info: number, section: number, address: bigint) => {
    const entry = Buffer.alloc(24)
    entry.writeUInt32LE(names.indexOf(`${name}\0`), 0)
    entry.writeUInt8(info, 4)
    entry.writeUInt16LE(section, 6)
    entry.writeBigUInt64LE(address, 8)
    return entry
  }
  const table = Buffer.concat([
    symbol('f', 0x12, 1, 0xffffffff81000000n),
    symbol('data', 0x11, 2, 0xffffffff82000000n),
    symbol('label', 0x10, 1, 0xffffffff81000100n),
    symbol('absolute', 0x10, 0xfff1, 0xffffffff81000200n),
    symbol('low', 0x12, 1, 0x1000n),
  ])
  t.same(functionsIn(table, names), [
    { address: 0xffffffff81000000n, name: 'f' },
    { address: 0xffffffff81000100n, name: 'label' },
  ])
  t.end()
})
