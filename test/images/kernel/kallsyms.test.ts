import t from 'tap'
import { readKallsyms } from '../../../images/kernel/kallsyms.js'
import { functionName, SymbolTable } from '../../../images/kernel/symbol-table.js'
import { type KallsymsLayout, kallsymsImage } from './kallsyms-image.js'

const layouts: readonly KallsymsLayout[] = ['5.10', '6.1-stable', '6.4', '7.2']

// More than two markers' worth, one with a name of two bytes' length, and what is no function.
const long = `a_${'very_'.repeat(40)}long_name`
const functions = [
  { address: 0xffffffff81000000n, name: 'startup_64' },
  { address: 0xffffffff81000000n, name: '_text' },
  ...Array.from({ length: 700 }, (_, index) => ({
    address: 0xffffffff81001000n + BigInt(0x40 * index),
    name: `native_step_${index}.isra.0`,
  })),
  { address: 0xffffffff81100000n, name: long },
  { address: 0xffffffff83000000n, name: 'start_kernel' },
]
const entries = [
  ...functions.slice(0, -1).map(({ address, name }) => ({ address, name: `t${name}` })),
  { address: 0xffffffff82fff000n, name: 'Dsome_data' },
  { address: 0xffffffff83000000n, name: 'Tstart_kernel' },
]

for (const layout of layouts) {
  t.test(`the functions of a kernel are read as ${layout} lays them out`, t => {
    const perCpu = layout === '5.10' || layout === '6.1-stable'
    const all = perCpu ? [{ address: 0x1b000n, name: 'Acpu_tss' }, ...entries] : entries
    t.same(readKallsyms(kallsymsImage(layout, all)), functions)
    t.end()
  })
}

t.test('an image without such a table, or with a damaged one, has no functions', t => {
  const image = kallsymsImage('6.4', entries)
  t.equal(readKallsyms(Buffer.alloc(4096, 'no table here')), undefined)
  const digits = image.indexOf('0\x001\x002\x003\0')
  t.ok(digits > 0)
  const damaged = Buffer.from(image)
  // The token index no longer says where the tokens lie.
  damaged.fill(0x41, digits + 2 * 10, digits + 2 * 10 + 40)
  t.equal(readKallsyms(damaged), undefined)
  t.end()
})

t.test('a function is found by any address inside it', t => {
  const table = new SymbolTable(functions)
  t.same(table.find(0xffffffff81001045n), { name: 'native_step_1', offset: 5 })
  t.same(table.find(0xffffffff81001040n), { name: 'native_step_1', offset: 0 })
  t.same(table.find(0xffffffff8100103fn), { name: 'native_step_0', offset: 0x3f })
  t.same(table.find(0xffffffff81000010n), { name: 'startup_64', offset: 0x10 }, 'the first name')
  const ended = new SymbolTable([
    ...functions,
    { address: 0xffffffff83000100n, name: '_einittext' },
  ])
  t.same(ended.find(0xffffffff830000ffn), { name: 'start_kernel', offset: 0xff })
  t.equal(ended.find(0xffffffff83000101n), null, 'behind the end of a section')
  t.equal(table.find(0xffffffff80ffffffn), null, 'before all')
  t.equal(table.find(0xffffffff82f00000n), null, 'far behind a function')
  t.equal(table.find(0xfffffffffff00000n), null, 'behind all')
  t.same(SymbolTable.fromText(table.toText()).find(0xffffffff81001045n), {
    name: 'native_step_1',
    offset: 5,
  })
  t.end()
})

t.test("a function's name has none of what gcc makes of it", t => {
  t.equal(functionName('init_amd.cold'), 'init_amd')
  t.equal(functionName('f.constprop.0.isra.1'), 'f')
  t.equal(functionName('plain_name'), 'plain_name')
  t.equal(functionName('.L_odd'), '.L_odd')
  t.end()
})
