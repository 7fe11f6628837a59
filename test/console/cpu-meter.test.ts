import { spawn } from 'node:child_process'
import t from 'tap'
import { CpuMeter } from '../../runner/console/cpu-meter.js'
import {
  cpuUseOf,
  machineUse,
  parseMachineUse,
  parseSchedstat,
  type ThreadUse,
} from '../../runner/launch/cpu-use.js'

type Threads = Record<number, ThreadUse | number | null>

/** Of threads by their id: how long each waited, or all of it. */
const use = (threads: Threads, stopped = false) => ({
  threads: new Map(
    Object.entries(threads).map(([id, thread]) => [
      Number(id),
      typeof thread === 'number' ? { ranMs: 0, waitedMs: thread } : thread,
    ]),
  ),
  stopped,
})
const machine = (stolenTicks: number[], usedTicks = 0, pressureMs: number | null = null) => ({
  usedTicks,
  stolenTicks,
  pressureMs,
})

t.test('the thread that waited most counts, from the first sample on', t => {
  const meter = new CpuMeter()
  t.equal(meter.load, null)
  meter.sample(use({ 1: 500 }), null, 1000)
  t.equal(meter.load, null, 'one sample is none')
  meter.sample(use({ 1: 550, 2: 100 }), null, 1500)
  meter.sample(use({ 1: 600, 2: 410 }), null, 2000)
  meter.sample(null, null, 9000)
  t.strictSame(meter.load, {
    waited: 0.41,
    longestStallMs: 310,
    stolen: null,
    pressure: null,
    ran: 0,
  })
  t.equal(meter.mostThreads, 2)
  t.end()
})

t.test('the longest stall is what one thread waited from one sample to the next', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: 500, 2: 900 }), null, 0)
  for (let time = 20; time <= 1000; time += 20) {
    // Each waits 1 ms in 20, and the first once 40.
    const often = time / 20
    meter.sample(use({ 1: 500 + often + (time >= 600 ? 40 : 0), 2: 900 + often }), null, time)
  }
  t.equal(meter.load?.longestStallMs, 41)
  t.equal(meter.load?.waited, 0.09, 'which is little altogether')
  t.end()
})

t.test('what all threads ran is the CPU that QEMU had', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: { ranMs: 5000, waitedMs: 0 } }), null, 0)
  meter.sample(use({ 1: { ranMs: 5800, waitedMs: 0 }, 2: { ranMs: 600, waitedMs: 0 } }), null, 1000)
  t.equal(meter.load?.ran, 1.4)
  t.end()
})

t.test('what this machine’s own hypervisor took, and how much it waited for itself', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: 0 }), machine([5, 5], 100, 7000), 0)
  meter.sample(use({ 1: 0 }), machine([10, 6], 130, 7100), 1000)
  meter.sample(use({ 1: 0 }), null, 2000)
  meter.sample(use({ 1: 0 }), machine([12, 18], 160, 8000), 4000)
  t.same(meter.load, { waited: 0, longestStallMs: 120, stolen: 0.25, pressure: 0.25, ran: 0 })
  t.end()
})

t.test('time for which somebody stopped QEMU is one stall', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: 0 }), null, 0)
  for (const time of [1000, 1020, 1040]) meter.sample(use({ 1: 0 }, true), null, time)
  meter.sample(use({ 1: 0 }), null, 3000)
  meter.sample(use({ 1: 0 }, true), null, 4000)
  t.equal(meter.stoppedMs, 2040)
  t.same(meter.load, { waited: 0.51, longestStallMs: 1040, stolen: null, pressure: null, ran: 0 })
  t.end()
})

t.test('a kernel that counts nothing', t => {
  const meter = new CpuMeter()
  meter.sample(use({ 1: null, 2: null, 3: null }), machine([0], 0, 0), 0)
  meter.sample(use({ 1: null, 2: null, 3: null }), machine([0], 90, 900), 1000)
  t.equal(meter.load, null)
  t.equal(meter.mostThreads, 3, 'its threads are seen all the same')
  t.equal(parseSchedstat('0 0 0\n'), null, 'which is no thread that never waited')
  t.same(parseSchedstat('2500000 0 1\n'), { ranMs: 2.5, waitedMs: 0 })
  t.equal(parseSchedstat(''), null)
  t.end()
})

t.test('what /proc says of a machine', t => {
  const stat =
    'cpu  10 2 30 400 5 6 7 80 9 0\ncpu0 5 1 15 200 5 6 7 30 9 0\ncpu1 5 1 15 200 0 0 0 50 0 0\nintr 1\n'
  const pressure =
    'some avg10=54.00 avg60=30.15 avg300=11.45 total=31764934884\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n'
  t.same(parseMachineUse(stat, pressure), {
    usedTicks: 55,
    stolenTicks: [30, 50],
    pressureMs: 31764934.884,
  })
  t.equal(parseMachineUse(stat, null)?.pressureMs, null)
  t.equal(parseMachineUse('', pressure), null)
  t.end()
})

t.test(
  'what /proc says of this process, of one that is stopped, and of one that is gone',
  async t => {
    const own = cpuUseOf(process.pid)
    t.ok((own?.threads.size ?? 0) > 1, 'node has several threads')
    t.ok((own?.threads.get(process.pid)?.ranMs ?? 0) > 0)
    t.equal(own?.stopped, false)
    t.equal(cpuUseOf(5_000_001), null)
    t.ok((machineUse()?.usedTicks ?? 0) > 0)
    const child = spawn('sleep', ['60'])
    t.teardown(() => child.kill('SIGKILL'))
    child.kill('SIGSTOP')
    for (let tries = 0; tries < 100 && cpuUseOf(child.pid ?? 0)?.stopped !== true; tries++) {
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    t.equal(cpuUseOf(child.pid ?? 0)?.stopped, true)
  },
)
