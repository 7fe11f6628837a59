import t from 'tap'
import { drivenArguments } from '../../runner/plan/driven-devices.js'
import { parseScenario } from '../fixtures/scenario.js'

function driven(devices: string) {
  return drivenArguments(parseScenario(`machine: { devices: [${devices}] }\ndrive: [vmware-svga]`))
}

t.test('the first of its kind is driven, by an id of its own or a new one', t => {
  const id = 'driven-vmware-svga'
  const one = { device: 'vmware-svga', index: 0, id, argument: `vmware-svga,id=${id}` }
  t.same(driven('vmware-svga'), [one])
  t.same(driven('vmware-svga, vmware-svga'), [one])
  t.same(driven('VGA, "vmware-svga,id=mine,vgamem_mb=8"'), [
    { device: 'vmware-svga', index: 1, id: 'mine', argument: 'vmware-svga,id=mine,vgamem_mb=8' },
  ])
  t.same(driven('"driver=vmware-svga"'), [{ ...one, argument: `driver=vmware-svga,id=${id}` }])
  t.same(driven(`'{"driver":"vmware-svga","addr":"5"}'`), [
    { ...one, argument: `{"driver":"vmware-svga","addr":"5","id":"${id}"}` },
  ])
  t.same(drivenArguments(parseScenario('machine: { devices: [vmware-svga] }')), [])
  t.end()
})
