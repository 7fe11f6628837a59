import t from 'tap'
import { formatRawDump, parseRawDump } from '../../runner/cpuid/raw-dump.js'

const dump = `CPU 0:
   0x00000000 0x00: eax=0x0000000d ebx=0x68747541 ecx=0x444d4163 edx=0x69746e65
   0x0000000d 0x01: eax=0x0000000f ebx=0x00000340 ecx=0x00000000 edx=0x00000000
CPU 1:
   0x40000000 0x00: eax=0x40000010 ebx=0x61774d56 ecx=0x4d566572 edx=0x65726177
`

t.test('what is read is written again, to the byte', t => {
  const { cpus, problems } = parseRawDump(dump)
  t.same(problems, [])
  t.equal(cpus.length, 2)
  t.match(cpus[0]?.leaves[1], { leaf: 0xd, subleaf: 1, registers: { ebx: 0x340 } })
  t.equal(formatRawDump(cpus), dump)
  t.end()
})

t.test('a dump of one CPU needs no heading', t => {
  const [, leaf = ''] = dump.split('\n')
  const { cpus, problems } = parseRawDump(leaf)
  t.match(cpus, [{ cpu: 0, leaves: [{ leaf: 0 }] }])
  t.strictSame(problems, [])
  t.end()
})

t.test('what is neither is told by its line', t => {
  const { problems } = parseRawDump(`CPU 0:\n   vendor_id = "AuthenticAMD"\n`)
  t.same(problems, [{ line: 2, text: '   vendor_id = "AuthenticAMD"' }])
  t.end()
})

t.test('a heading gives the number of its CPU; one without a number counts', t => {
  const numbers = (text: string) => parseRawDump(text).cpus.map(({ cpu }) => cpu)
  t.same(numbers('CPU 3:\nCPU   12: \n'), [3, 12])
  t.same(numbers('CPU:\nCPU:\n'), [0, 1])
  t.end()
})

t.test('a leaf’s columns are as wide as they are; nothing may stand before or behind them', t => {
  const leaf = '0xd  0x0b:  eax=0x1  ebx=0x20   ecx=0x300  edx=0xffffffff  '
  const { cpus, problems } = parseRawDump(leaf)
  t.same(problems, [])
  const registers = { eax: 1, ebx: 0x20, ecx: 0x300, edx: 0xffffffff }
  t.same(cpus, [{ cpu: 0, leaves: [{ leaf: 0xd, subleaf: 0xb, registers }] }])
  for (const line of [`x ${leaf}`, `${leaf}x`, 'x CPU 0:', 'CPU 0: x', '  x  ']) {
    t.same(parseRawDump(line), { cpus: [], problems: [{ line: 1, text: line }] }, line)
  }
  t.same(parseRawDump(' \n\n'), { cpus: [], problems: [] })
  t.end()
})
