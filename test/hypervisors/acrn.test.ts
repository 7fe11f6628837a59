import t from 'tap'
import { acrn } from '../../runner/hypervisors/acrn.js'
import { baseLeaf, candidates, said, saidInVain, testInterfaces } from './guest.js'

const at = (base: number) => ({ leaves: { [base]: baseLeaf('ACRNACRNACRN', base + 1) } })

testInterfaces(t, acrn, {
  'identity.acrn': {
    offered: [
      [at(0x40000000), 'ACRNACRNACRN at 0x40000000'],
      [at(0x40000300), 'ACRNACRNACRN at 0x40000300'],
      [at(0x40010000), null],
      [{}, null],
    ],
    adopted: [
      said('Hypervisor detected: ACRN'),
      saidInVain('Hypervisor detected: KVM'),
      saidInVain('acrn: Hypervisor detected: ACRN'),
    ],
  },
})

t.test('it is looked for at every base, and wants the hypervisor bit', t => {
  t.same(candidates([[acrn, 0x40000100]]), [
    {
      owner: 'acrn',
      name: 'ACRN',
      base: 0x40000100,
      priority: 0x40000100,
      refused: null,
      ignoresNopv: false,
    },
  ])
  t.match(candidates([[acrn, 0x40000000]], { 1: { ecx: 0 } })[0]?.refused, /^the hypervisor bit/)
  t.end()
})
