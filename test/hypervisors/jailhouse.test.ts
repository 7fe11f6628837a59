import t from 'tap'
import { jailhouse } from '../../runner/hypervisors/jailhouse.js'
import { baseLeaf, candidates, said, saidInVain, testInterfaces } from './guest.js'

const at = (base: number) => ({ leaves: { [base]: baseLeaf('Jailhouse', base + 1) } })

testInterfaces(t, jailhouse, {
  'identity.jailhouse': {
    offered: [
      [at(0x40000000), 'Jailhouse at 0x40000000'],
      [at(0x40000300), 'Jailhouse at 0x40000300'],
      [at(0x40010000), null],
      [{}, null],
    ],
    adopted: [
      said('Hypervisor detected: Jailhouse'),
      saidInVain('Hypervisor detected: KVM'),
      saidInVain('jailhouse: Hypervisor detected: Jailhouse'),
    ],
  },
})

t.test('it is looked for at every base and under nopv, and wants the hypervisor bit', t => {
  t.same(candidates([[jailhouse, 0x40000100]]), [
    {
      owner: 'jailhouse',
      name: 'Jailhouse',
      base: 0x40000100,
      priority: 0x40000100,
      refused: null,
      ignoresNopv: true,
    },
  ])
  t.match(
    candidates([[jailhouse, 0x40000000]], { 1: { ecx: 0 } })[0]?.refused,
    /^the hypervisor bit/,
  )
  t.end()
})
