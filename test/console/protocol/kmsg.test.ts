import t from 'tap'
import { parseKmsg } from '../../../runner/console/protocol/kmsg.js'

const parse = (record: string) => parseKmsg(Buffer.from(record, 'latin1'))

void t.test('reads what the kernel logs', t => {
  t.strictSame(parse('6,339,5140900,-;NET: Registered protocol family 10\n'), {
    level: 6,
    facility: 0,
    sequence: 339,
    timestampUs: 5140900,
    continuation: false,
    text: 'NET: Registered protocol family 10',
  })
  t.end()
})

void t.test('keeps facility, continuation and caller apart, and leaves the dictionary out', t => {
  t.match(parse('30,1,2,c,caller=T1;a; b,c\n SUBSYSTEM=acpi\n DEVICE=+acpi:x\n'), {
    level: 6,
    facility: 3,
    continuation: true,
    text: 'a; b,c',
  })
  t.match(parse('6,1,2,-,caller=C0;x\n'), { continuation: false, text: 'x' })
  t.end()
})

void t.test('undoes the escapes of the kernel', t => {
  t.equal(parse('6,1,2,-;\\xc3\\xbc \\x5cx41\\x0aend\n')?.text, 'ü \\x41\nend')
  t.equal(parse('6,1,2,-;\\xff\n')?.text, '\ufffd')
  t.end()
})

void t.test('bytes of another form are no record', t => {
  for (const record of ['', 'x', '6,1;text', '6,1,2,-', '-1,1,2,-;text'])
    t.equal(parse(record), null)
  t.end()
})
