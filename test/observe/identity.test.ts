import t from 'tap'
import { identityOf } from '../../runner/observe/identity.js'

t.test('the names that a kernel has for what it runs on, as it says them first', t => {
  t.same(
    identityOf([
      'Linux version 6.1.0',
      'Hypervisor detected: Microsoft Hyper-V',
      'Hypervisor detected: KVM',
      'Booting paravirtualized kernel on Hyper-V',
      'Booting paravirtualized kernel on KVM',
    ]),
    { hypervisor: 'Microsoft Hyper-V', paravirt: 'Hyper-V', sysfsType: null },
  )
  t.equal(identityOf(['Booting kernel on Xen PV']).paravirt, 'Xen PV', 'as Xen’s PV kernels do')
  t.same(identityOf([], 'xen'), { hypervisor: null, paravirt: null, sysfsType: 'xen' })
  t.end()
})

t.test(
  'what stands behind a name, such as the end of a line of a serial console, is none of it',
  t => {
    const { hypervisor, paravirt } = identityOf([
      'Hypervisor detected: Xen HVM \t',
      'Booting paravirtualized kernel on bare hardware ',
    ])
    t.same([hypervisor, paravirt], ['Xen HVM', 'bare hardware'])
    t.end()
  },
)

t.test('a line that quotes another is none', t => {
  t.same(
    identityOf([
      'x Hypervisor detected: KVM',
      'x Booting paravirtualized kernel on KVM',
      'Hypervisor detected: ',
    ]),
    { hypervisor: null, paravirt: null, sysfsType: null },
  )
  t.end()
})
