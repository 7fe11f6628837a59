import t from 'tap'
import {
  decodeSignature,
  decodeVendor,
  encodeInterfaceName,
  encodeSignature,
  encodeVendor,
} from '../../runner/cpuid/signature.js'

t.test('the signatures that Linux looks for, as its tables have them', t => {
  const known = [
    ['KVMKVMKVM', 0x4b4d564b, 0x564b4d56, 0x0000004d],
    ['XenVMMXenVMM', 0x566e6558, 0x65584d4d, 0x4d4d566e],
    ['VMwareVMware', 0x61774d56, 0x4d566572, 0x65726177],
    ['Microsoft Hv', 0x7263694d, 0x666f736f, 0x76482074],
  ] as const
  for (const [text, ebx, ecx, edx] of known) {
    t.same(encodeSignature(text), { ebx, ecx, edx }, text)
    t.equal(decodeSignature({ eax: 0, ebx, ecx, edx }), text)
  }
  t.end()
})

t.test('the vendor of leaf 0 is spelled EBX, EDX, ECX', t => {
  const amd = { ebx: 0x68747541, edx: 0x69746e65, ecx: 0x444d4163 }
  t.same(encodeVendor('AuthenticAMD'), amd)
  t.equal(decodeVendor({ eax: 0, ...amd }), 'AuthenticAMD')
  t.end()
})

t.test('an interface name has its first character in the lowest byte', t => {
  t.equal(encodeInterfaceName('Hv#1'), 0x31237648)
  t.end()
})

t.test('what no register can hold is refused', t => {
  t.throws(
    () => encodeSignature('thirteen char'),
    new TypeError('expected 1 to 12 Latin-1 characters, got `thirteen char`'),
  )
  t.throws(() => encodeSignature(''), TypeError)
  t.throws(() => encodeSignature('snow ☃'), TypeError)
  t.throws(() => encodeInterfaceName('Hv#12'), TypeError)
  t.end()
})

t.test('bytes that are no letters come back as they were', t => {
  const registers = { eax: 0, ebx: 0xff01feff, ecx: 0x80c0e0f0, edx: 0x01020304 }
  t.same({ eax: 0, ...encodeSignature(decodeSignature(registers)) }, registers)
  t.end()
})
