import t from 'tap'
import { decodeDump } from '../../../runner/cpuid/dump/decode.js'

const text = 'CPU 0:\r\n'
const utf16 = Buffer.from(text, 'utf16le')

t.test('the encodings in which dumps are found', t => {
  for (const [what, bytes] of [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 as PowerShell writes it', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without a mark', utf16],
    ['UTF-16, the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['the same without a mark', Buffer.from(utf16).swap16()],
  ] as const) {
    t.equal(decodeDump(bytes), text, what)
  }
  t.equal(
    decodeDump(Buffer.from('80 \xb0C, Intel\xae\n', 'latin1')),
    '80 °C, Intel®\n',
    'an 8-bit one',
  )
  t.end()
})

t.test('what is no text', t => {
  t.throws(() => decodeDump(Buffer.alloc(0)), { message: 'an empty file' })
  t.throws(() => decodeDump(Buffer.from('\x7fELF\x02\x01\x01\0\0')), {
    message: /^no text: character 7 is NUL/,
  })
  t.throws(() => decodeDump(Buffer.from('a\0b\0\0\0')), { message: /^no text: character 2 is NUL/ })
  t.throws(() => decodeDump(Buffer.alloc(100)), { message: /^no text: character 0 is NUL/ })
  t.end()
})
