import { join } from 'node:path'
import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { run } from '../../runner/run/run.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'
import { besideBusyLoops } from './beside-busy-loops.js'

// Guests on real time, four at a time beside four busy loops: the disks of the one, the nested host of the other.
t.setTimeout(600_000)

const names = ['vmware', 'kvm-pvscsi', 'kvm-no-eoi']

t.test('beside busy loops no kernel is blamed, and what passes passes', async t => {
  const catalogue = loadScenarios(catalogueFiles(scenariosFolder))
  const records = await besideBusyLoops(() =>
    run({
      scenarios: catalogue.filter(({ name }) => names.includes(name)),
      kernels: ['debian:bookworm/amd64'],
      clock: 'real',
      jobs: 4,
      output: join(t.testdir(), 'out'),
      signal: new AbortController().signal,
    }),
  )
  t.same(records.map(({ scenario }) => scenario).sort(), [...names].sort())
  t.same(records.map(({ accel }) => accel).sort(), ['nested', 'tcg', 'tcg'])
  for (const { scenario, clock, verdict, why, load, reruns } of records) {
    const story = `${scenario}: ${[...why, ...reruns].join('; ')}`
    t.equal(clock, 'real')
    t.ok(verdict === 'pass' || verdict === 'error', `${verdict} ${story}`)
    if (verdict === 'error') t.match(why[0], 'this machine was too busy for it; it waited ')
    t.equal(load?.starved, true, `${scenario} was starved: ${JSON.stringify(load)}`)
  }
  t.ok(
    records.some(({ verdict }) => verdict === 'pass'),
    'time that was taken is no failure by itself',
  )
})
