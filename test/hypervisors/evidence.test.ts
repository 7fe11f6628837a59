import t from 'tap'
import {
  banner,
  bit,
  clock,
  detected,
  featureBit,
  says,
  signatureAt,
  wasTold,
} from '../../runner/hypervisors/evidence.js'
import { identityOf } from '../../runner/observe/identity.js'
import { baseLeaf, factsOf } from './guest.js'

const hypervisor = 'Hypervisor detected: KVM'
const kernel = 'Booting paravirtualized kernel on KVM'

t.test('a line is evidence of an identity where the kernel says it at its beginning', t => {
  const log = (...lines: string[]) => factsOf({ log: lines })
  const quoted = [`cmdline: ${hypervisor}`, `cmdline: ${kernel}`]
  t.same(detected(/^KVM$/)(log(...quoted, hypervisor)), { text: hypervisor })
  t.same(banner(/^KVM$/)(log(...quoted, kernel)), { text: kernel })
  for (const look of [detected(/^KVM$/), banner(/^KVM$/)]) {
    t.equal(look(log(...quoted)), null)
    t.equal(look(log()), null)
  }
  const none = /^$/
  t.equal(detected(none)(log(...quoted)), null)
  t.equal(banner(none)(log('Booting a kernel of KVM')), null)
  t.same(banner(/^bare hardware$/)(log('Booting kernel on bare hardware')), {
    text: 'Booting kernel on bare hardware',
  })
  t.same(says(/b/)(log('a', 'b1', 'b2')), { text: 'b1' })
  t.equal(says(/c/)(log('a')), null)
  t.end()
})

t.test('a kernel that says nothing has no identity', t => {
  for (const look of [detected(/^none$|^$/), banner(/^none$|^$/)]) {
    t.equal(look(factsOf({ log: ['Linux version 6.1'] })), null)
  }
  t.same(identityOf(['x Hypervisor detected: KVM', 'Hypervisor detected: Xen HVM ']), {
    hypervisor: 'Xen HVM',
    paravirt: null,
    sysfsType: null,
  })
  t.end()
})

t.test('leaves are evidence at the base that bears the signature', t => {
  const rule = { signature: 'KVMKVMKVM', bases: 'all' } as const
  const at = (base: number) =>
    factsOf({ leaves: { [base]: baseLeaf('KVMKVMKVM', base + 1), [base + 1]: { eax: 0b1000 } } })
  t.same(signatureAt(rule)(at(0x40000100)), { text: 'KVMKVMKVM at 0x40000100' })
  t.equal(signatureAt(rule)(factsOf({})), null)
  t.same(featureBit(rule, 1, 'eax', 3)(at(0x40000100)), { text: '0x40000101 eax bit 3' })
  t.equal(featureBit(rule, 1, 'eax', 2)(at(0x40000100)), null)
  t.equal(featureBit(rule, 1, 'eax', 3)(factsOf({})), null)
  const nowhere = factsOf({ leaves: { 1: { eax: 0xffffffff } } })
  t.equal(featureBit(rule, 1, 'eax', 3)(nowhere), null, 'without a base there is no leaf')
  t.same(bit(1, 'eax', 31)(nowhere), { text: '0x00000001 eax bit 31' })
  t.end()
})

t.test('a clock, and a word of the command line', t => {
  const facts = factsOf({
    clocks: ['tsc', 'hpet'],
    log: ['said: Kernel command line: nohpet', 'Kernel command line: quiet nopv=1 nopv'],
  })
  t.same(clock('tsc')(facts), { text: 'current clocksource tsc' })
  t.same(clock('hpet')(facts), { text: 'available clocksource hpet' })
  t.equal(clock('xen')(facts), null)
  t.equal(wasTold(facts, 'nopv'), true)
  t.equal(wasTold(facts, 'nopv='), false)
  t.equal(wasTold(facts, 'nohpet'), false)
  t.end()
})
