import t from 'tap'
import { describeForeign } from '../../../images/kernel/foreign.js'

const withMagic = (at: number, magic: string) => {
  const head = Buffer.alloc(4096)
  head.write('MZ', 'latin1')
  head.write(magic, at, 'latin1')
  return head
}

t.test('each kind of file is called by its name', t => {
  t.match(describeForeign(withMagic(0x38, 'ARM\x64')), /^an arm64 Image/)
  t.match(describeForeign(withMagic(0x38, 'RSC\x05')), /^a RISC-V Image/)
  t.match(describeForeign(withMagic(4, 'zimg')), /^a compressed EFI image/)
  t.match(describeForeign(Buffer.from('#!/bin/sh\n\techo Grüße\r\n')), /^a text file/)
  t.match(
    describeForeign(Buffer.from('1f8b08000000', 'hex')),
    /^no x86-64 kernel.*begins with 1f8b08000000\)/,
  )
  t.match(describeForeign(Buffer.alloc(4096)), /begins with 0000000000000000\)/)
  t.end()
})
