import t from 'tap'
import { CpuMeter } from '../../runner/console/cpu-meter.js'
import { cpuUseOf, stealOfMachine } from '../../runner/launch/cpu-use.js'

const use = (waited: Record<number, number>, stopped = false) => ({
  waitedMs: new Map(Object.entries(waited).map(([id, ms]) => [Number(id), ms])),
  stopped,
})

t.test('the thread that waited most counts, from the first sample on', t => {
  const meter = new CpuMeter()
  t.equal(meter.load, null)
  meter.sample(use({ 1: 500 }), null, 1000)
  t.equal(meter.load, null, 'one sample is none')
  meter.sample(use({ 1: 550, 2: 100 }), null, 1500)
  meter.sample(use({ 1: 600, 2: 410 }), null, 2000)
  meter.sample(null, null, 9000)
  t.strictSame(meter.load, { waited: 0.41, stolen: null })
  t.equal(meter.mostThreads, 2)
  t.end()
})

t.test('what this machine’s own hypervisor took, and time for which somebody stopped QEMU', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: 0 }), { used: 100, stolen: 10 }, 0)
  meter.sample(use({ 1: 0 }, true), { used: 130, stolen: 20 }, 1000)
  meter.sample(use({ 1: 0 }), { used: 160, stolen: 30 }, 4000)
  t.same(meter.load, { waited: 0.25, stolen: 0.25 })
  t.equal(meter.stoppedMs, 1000)
  t.end()
})

t.test('a kernel that counts nothing', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: NaN }), null, 0)
  meter.sample(use({ 1: NaN }), null, 1000)
  t.equal(meter.load, null)
  t.end()
})

t.test('what /proc says of this process, and of one that is gone', t => {
  const own = cpuUseOf(process.pid)
  t.ok((own?.waitedMs.size ?? 0) > 1, 'node has several threads')
  t.equal(own?.stopped, false)
  t.equal(cpuUseOf(5_000_001), null)
  t.ok((stealOfMachine()?.used ?? 0) > 0)
  t.end()
})
