import t from 'tap'
import { InputError } from '../../../runner/errors.js'
import { crc32 } from 'node:zlib'
import { encodeRequest } from '../../../runner/console/protocol/request.js'

void t.test('lays out ranges as the page says', t => {
  const request = Buffer.from(
    encodeRequest([
      { first: 0x40000080, last: 0x40000082 },
      { first: 0xffffffff, last: 0xffffffff, subleaf: 0xfffffffe },
    ]),
  )
  t.equal(
    request.subarray(0, -4).toString('hex'),
    Buffer.from('GUISEREQ').toString('hex') +
      '01000000' +
      '02000000' +
      '80000040820000400000000001000000' +
      'fffffffffffffffffeffffff00000000',
  )
  t.equal(request.readUInt32LE(request.length - 4), crc32(request.subarray(0, -4)))
  t.end()
})

void t.test('an empty request is one too', t => {
  t.equal(encodeRequest([]).length, 20)
  t.end()
})

void t.test('refuses more than a request can carry', t => {
  const range = { first: 1, last: 1 }
  t.equal(encodeRequest(Array.from({ length: 254 }, () => range)).length, 4084)
  t.throws(
    () => encodeRequest(Array.from({ length: 255 }, () => range)),
    new InputError(
      'Expected at most 254 ranges of CPUID leaves for the guest to dump, got 255: join adjacent leaves into ranges.',
    ),
  )
  t.equal(encodeRequest([{ first: 0, last: 0xfff }]).length, 36)
  t.throws(
    () => encodeRequest([{ first: 0, last: 0xfff }, range]),
    new InputError(
      'Expected at most 4096 CPUID leaves for the guest to dump beyond the usual ones, got 4097: name smaller ranges.',
    ),
  )
  t.end()
})
