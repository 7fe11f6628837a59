import t from 'tap'
import { bhyve } from '../../runner/hypervisors/bhyve.js'
import { baseLeaf, candidates, said, saidInVain, testInterfaces } from './guest.js'

const at = (base: number) => ({ leaves: { [base]: baseLeaf('bhyve bhyve ', base + 1) } })

testInterfaces(t, bhyve, {
  'identity.bhyve': {
    offered: [
      [at(0x40000000), 'bhyve bhyve  at 0x40000000'],
      [at(0x40000300), 'bhyve bhyve  at 0x40000300'],
      [at(0x40010000), null],
      [{}, null],
    ],
    adopted: [
      said('Hypervisor detected: Bhyve'),
      saidInVain('Hypervisor detected: KVM'),
      saidInVain('bhyve: Hypervisor detected: Bhyve'),
    ],
  },
})

t.test(
  'it is looked for at every base, returns its highest leaf, and wants the hypervisor bit',
  t => {
    t.same(candidates([[bhyve, 0x40000100]]), [
      {
        owner: 'bhyve',
        name: 'Bhyve',
        base: 0x40000100,
        priority: 0x40000101,
        refused: null,
        ignoresNopv: false,
      },
    ])
    t.match(candidates([[bhyve, 0x40000000]], { 1: { ecx: 0 } })[0]?.refused, /^the hypervisor bit/)
    t.end()
  },
)
