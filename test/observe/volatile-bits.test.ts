import t from 'tap'
import { hex32, type RegisterName, registerNames } from '../../runner/cpuid/leaf.js'
import { volatileBits } from '../../runner/observe/volatile-bits.js'

// Intel SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E.
const known: Record<number, Partial<Record<RegisterName, string>>> = {
  0x1: { ebx: '0xff000000', ecx: '0x08000000', edx: '0x00000200' },
  0x7: { ecx: '0x00000010' },
  0xb: { edx: '0xffffffff' },
  0xd: { ebx: '0xffffffff' },
  0x1f: { edx: '0xffffffff' },
  0x8000001e: { eax: '0xffffffff', ebx: '0x000000ff' },
  0x80000001: { edx: '0x00000200' },
}

t.test('the bits that differ by vCPU or that the guest sets, of each register of each leaf', t => {
  for (const [leaf, registers] of Object.entries(known)) {
    for (const register of registerNames) {
      t.equal(
        hex32(volatileBits(Number(leaf), register)),
        registers[register] ?? '0x00000000',
        `${hex32(Number(leaf))} ${register}`,
      )
    }
  }
  t.end()
})

t.test('no other leaf has any, such as those of hypervisors', t => {
  const leaves = [...Array(0x30).keys()].flatMap(number => [
    number,
    0x40000000 + number,
    0x80000000 + number,
  ])
  const others = leaves.filter(leaf => !(leaf in known))
  t.equal(others.length, leaves.length - Object.keys(known).length)
  t.same(
    others.filter(leaf => registerNames.some(register => volatileBits(leaf, register) !== 0)),
    [],
  )
  t.end()
})
