import t from 'tap'
import { executableItems, parseExecutable } from '../../runner/launch/executable-answers.js'

const hex = (digits: string) => digits.padStart(8, '0')
const whole = executableItems
  .map(item => item.split('.'))
  .map(
    ([leaf = '', subleaf = '0']) =>
      `${hex(leaf)} ${hex(subleaf)} 0000000d 00000001 ffffffff 00000000\n`,
  )
  .join('')

t.test('an answer to each item is taken', t => {
  const leaves = parseExecutable(whole)
  t.equal(leaves?.length, executableItems.length)
  t.same(leaves?.[0], {
    leaf: 0,
    subleaf: 0,
    registers: { eax: 13, ebx: 1, ecx: 0xffffffff, edx: 0 },
  })
  t.end()
})

t.test('an answer that is cut short, or to another question, is none', t => {
  t.equal(parseExecutable(''), null)
  t.equal(parseExecutable(whole.slice(0, -60)), null)
  t.equal(parseExecutable(whole.replace('00000007 00000001', '00000007 00000003')), null)
  t.end()
})
