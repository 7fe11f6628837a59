import t from 'tap'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('guest-subleaves')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)

/** The subleaves that are asked for of a leaf. */
async function subleaves(leaf: number, ...answers: string[]): Promise<number[]> {
  const text = await driver(['subleaves', leaf.toString(16), ...answers])
  return text
    .toString()
    .trim()
    .split('\n')
    .map(line => parseInt(line, 16))
}

const upTo = (last: number) => Array.from({ length: last + 1 }, (_, subleaf) => subleaf)

await t.test('a leaf without a rule has one subleaf', async t => {
  t.same(await subleaves(1, '1 0 ffffffff ffffffff ffffffff ffffffff'), [0])
  t.equal(
    (await driver(['subleaves', '1', '1 0 a b c d'])).toString(),
    '0 a b c d\n',
    'and its answer is given',
  )
})

await t.test('until a register says that there is no more, that subleaf with them', async t => {
  const caches = [0, 1, 2].map(subleaf => `4 ${subleaf} 1 0 0 0`)
  t.same(await subleaves(4, ...caches), [0, 1, 2, 3])
  t.same(await subleaves(4), [0], 'an absent leaf ends the list itself')
  t.same(await subleaves(0xb, 'b 0 0 0 100 0', 'b 1 0 0 201 0'), [0, 1, 2], 'by ECX[15:8]')
  t.same(await subleaves(0xb, 'b 0 0 0 100 0', 'b 1 0 0 1 0'), [0, 1])
  t.same(await subleaves(0x12, '12 2 1 0 0 0'), [0, 1, 2, 3], 'SGX: from subleaf 2 on')
})

await t.test('a list that never ends is left after 64', async t => {
  const endless = upTo(70).map(subleaf => `4 ${subleaf.toString(16)} 1 0 0 0`)
  t.same(await subleaves(4, ...endless), upTo(63))
})

await t.test('up to the number in EAX of subleaf 0', async t => {
  t.same(await subleaves(7, '7 0 2 0 0 0'), [0, 1, 2])
  t.same(await subleaves(7), [0])
  for (const last of ['3e', '3f', '40', 'ffffffff'])
    t.same(await subleaves(7, `7 0 ${last} 0 0 0`), upTo(Math.min(parseInt(last, 16), 63)), last)
})

await t.test('where a bit of subleaf 0 is set', async t => {
  t.same(await subleaves(0x10, '10 0 0 8000000a 0 0'), [0, 1, 3, 31])
  t.same(await subleaves(0x10, '10 0 ffffffff 0 ffffffff ffffffff'), [0], 'EBX alone says it')
  t.same(await subleaves(0xf, 'f 0 0 0 0 2'), [0, 1])
})

// Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E.4.
await t.test('each leaf that says in EAX how many subleaves it has', async t => {
  for (const leaf of ['7', '14', '17', '18', '1d', '1e', '20', '24']) {
    const answer = `${leaf} 0 2 ffffffff ffffffff ffffffff`
    t.same(await subleaves(parseInt(leaf, 16), answer), [0, 1, 2], leaf)
  }
})

await t.test('each leaf that says by bits which subleaves it has', async t => {
  for (const [leaf, register] of [
    ['f', 3],
    ['10', 1],
    ['23', 0],
    ['80000020', 1],
  ] as const) {
    const registers = ['0', '0', '0', '0']
    registers[register] = '9'
    const number = parseInt(leaf, 16)
    t.same(await subleaves(number, `${leaf} 0 ${registers.join(' ')}`), [0, 3], leaf)
    const others = registers.map((_, index) => (index === register ? '0' : 'fffffffe'))
    t.same(await subleaves(number, `${leaf} 0 ${others.join(' ')}`), [0], `${leaf}, the others`)
  }
})

await t.test('each leaf whose list ends with a subleaf that is none', async t => {
  for (const [leaf, register, mask, from] of [
    ['4', 0, 0x1f, 0],
    ['b', 2, 0xff00, 0],
    ['12', 0, 0xf, 2],
    ['1b', 0, 0xfff, 0],
    ['1f', 2, 0xff00, 0],
    ['8000001d', 0, 0x1f, 0],
    ['80000026', 2, 0xff00, 0],
  ] as const) {
    const answer = (value: number) =>
      [0, 1, 2, 3].map(index => (index === register ? value : 0xffffffff).toString(16)).join(' ')
    const ends = await subleaves(
      parseInt(leaf, 16),
      `${leaf} ${from} ${answer((~mask & 0xffffffff) >>> 0)}`,
    )
    t.same(ends, upTo(from), `${leaf}: no bit outside of the mask counts`)
    for (const bit of [mask & -mask, (mask + (mask & -mask)) >>> 1]) {
      const goes = await subleaves(parseInt(leaf, 16), `${leaf} ${from} ${answer(bit)}`)
      t.same(goes, upTo(from + 1), `${leaf}: 0x${bit.toString(16)} counts`)
    }
  }
})

await t.test('XSAVE: subleaf 1, and one for each state of XCR0 and XSS', async t => {
  t.same(await subleaves(0xd), [0, 1])
  t.same(await subleaves(0xd, 'd 0 7 0 0 40000000', 'd 1 0 0 100 80000000'), [0, 1, 2, 8, 62, 63])
})

await t.test("Xen's time, at any base, where Xen is", async t => {
  const xen = (base: string) => `${base} 0 0 566e6558 65584d4d 4d4d566e`
  t.same(await subleaves(0x40000003, xen('40000000')), [0, 1, 2])
  t.same(await subleaves(0x40000103, xen('40000100')), [0, 1, 2])
  t.same(await subleaves(0x40000103, xen('40000000')), [0], 'not where it is not')
  t.same(await subleaves(0x40000004, xen('40000000')), [0])
  t.same(await subleaves(3, xen('0')), [0], 'a vendor of that name is none')
  t.same(await subleaves(0x40010003, xen('40010000')), [0], 'nor is what lies behind its bases')
})
