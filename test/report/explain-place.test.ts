import t from 'tap'
import { explain } from '../../runner/report/explain.js'
import { placeLines } from '../../runner/report/explain-place.js'
import { recordSchema } from '../../runner/record/schema.js'
import { encodePlace } from '../../runner/record/place.js'
import { parseCpuState } from '../../runner/console/look/cpu-state.js'
import { shownCpu } from '../console/look/states.js'
import { exampleRecord } from '../fixtures/record.js'

const cpu = parseCpuState(`${shownCpu({ rip: 'ffffffff81058980' })}FPR0=0000000000000000 0000\n`)
if (cpu === null) throw new Error('no state')
const place = encodePlace({
  exception: {
    vector: 14,
    name: 'page fault (#PF)',
    error: 2,
    address: 0x10n,
    tripleFault: false,
  },
  function: 'topology',
  where: 'kernel',
  waits: 'dead',
  cpu,
  address: 0xffffffff81058980n,
  instruction: 'divl %esi',
  trace: ['topology', 'setup_arch'],
  seen: [],
})
const record = exampleRecord({
  outcome: 'early-exception',
  diedIn: 'topology',
  ending: 'it died of a page fault (#PF) in topology, before it could print',
  place,
})

t.test('a record has the place of a death as data', t => {
  t.equal(recordSchema.safeParse(record).success, true)
  t.equal(place.registers.RIP, '0xffffffff81058980')
  t.equal(place.registers.CR2, '0x8')
  t.notOk('FPR0' in place.registers)
  t.end()
})

t.test('the place of a death is told in lines', t => {
  const lines = placeLines(record)
  t.same(lines.slice(0, 3), [
    'page fault (#PF), error code 0x2, of the address 0x10, topology at 0xffffffff81058980, CPU 0',
    'the instruction there: divl %esi',
    'its stack suggests, from the innermost: topology, setup_arch',
  ])
  const told = explain(record)
  t.match(told, 'early-exception in topology: it died of a page fault (#PF) in topology, before')
  t.match(told, /^place {7}page fault/m)
  t.end()
})

t.test('a hang that was sampled, and one that could not be looked at', t => {
  const stuck = exampleRecord({
    outcome: 'hang',
    stuckIn: 'counts',
    ending: 'the kernel fell silent: it stays in counts',
    place: {
      ...place,
      exception: null,
      seen: [
        { function: 'a', times: 5 },
        { function: 'b', times: 3 },
      ],
    },
  })
  t.match(placeLines(stuck), { 3: 'seen in a (5), b (3)' })
  t.match(explain(stuck), 'hang in counts: the kernel fell silent')
  const nested = exampleRecord({ outcome: 'hang', accel: 'nested', place: null })
  t.same(placeLines(nested), ['not seen: the nested host carries no registers out'])
  t.same(placeLines(exampleRecord()), [])
  t.end()
})
