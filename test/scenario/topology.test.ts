import t from 'tap'
import { highestApicId, topologyOf } from '../../runner/scenario/topology.js'

t.test('the levels that nobody states have one each', t => {
  t.equal(topologyOf({}), null)
  t.same(topologyOf({ threads: 2 }), { sockets: 1, dies: 1, modules: 1, cores: 1, threads: 2 })
  t.end()
})

t.test('an APIC id has whole bits for each level', t => {
  const highest = (stated: Parameters<typeof topologyOf>[0]) =>
    highestApicId({ cpus: 1, topology: topologyOf(stated) })
  t.equal(highestApicId({ cpus: 256, topology: null }), 255)
  t.equal(highest({ sockets: 2, dies: 2, cores: 2, threads: 2 }), 15)
  t.equal(highest({ sockets: 2, cores: 3 }), 0b110, 'three cores take two bits')
  t.equal(highest({ sockets: 65, cores: 3 }), 258, 'of 195 vCPUs')
  t.end()
})
