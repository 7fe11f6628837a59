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
})
