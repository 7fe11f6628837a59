import t from 'tap'
import { readStanzas } from '../../../../images/distribution/debian/package-stanza.js'

const lists = `Package: qemu-system-x86
Source: qemu (1:10.0.13+ds-0+deb13u0)
Version: 1:10.0.13+ds-0+deb13u1
Depends: libaio1t64 (>= 0.3.93), libc6:any (>= 2.38) | libc6.1, seabios (>> 1.16), seabios
Pre-Depends: init-system-helpers
Description: emulator
 Depends: on nothing

Package: libc6
Version: 2.41-12

Package: libc6
Version: 2.41-11
Depends: libold

`

t.test('names, versions, sources and dependencies, in their order', t => {
  t.same(readStanzas(lists), [
    {
      name: 'qemu-system-x86',
      version: '1:10.0.13+ds-0+deb13u1',
      source: 'qemu',
      depends: ['init-system-helpers', 'libaio1t64', 'libc6', 'libc6.1', 'seabios'],
    },
    { name: 'libc6', version: '2.41-12', source: 'libc6', depends: [] },
    { name: 'libc6', version: '2.41-11', source: 'libc6', depends: ['libold'] },
  ])
  t.same(readStanzas(''), [])
  t.end()
})
