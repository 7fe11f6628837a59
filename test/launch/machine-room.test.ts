import { availableParallelism } from 'node:os'
import t from 'tap'
import { machineRoom } from '../../runner/launch/machine-room.js'

const meminfo =
  'MemTotal:       24000000 kB\nMemFree:         1000000 kB\nMemAvailable:    2097152 kB\n'
const cpus = availableParallelism()

t.test('the CPUs and the memory of a machine without limits', t => {
  const root = t.testdir({
    proc: { meminfo, self: { cgroup: '0::/\n' } },
    sys: { fs: { cgroup: {} } },
  })
  t.same(machineRoom(root), { cpus, quota: null, memoryMiB: 2048 })
  t.same(machineRoom(t.testdir({})), { cpus, quota: null, memoryMiB: null }, 'nothing to read')
  t.end()
})

t.test('the tightest limit of a control group and those around it', t => {
  const group = {
    'cpu.max': 'max 100000\n',
    'memory.max': `${1024 * 2 ** 20}\n`,
    'memory.current': `${600 * 2 ** 20}\n`,
    'memory.stat': `anon 1\ninactive_file ${100 * 2 ** 20}\nactive_file 7\n`,
  }
  const around = { 'cpu.max': '150000 100000\n', 'memory.max': 'max\n', job: group }
  const root = t.testdir({
    proc: { meminfo, self: { cgroup: '4:memory:/x\n0::/ci/job\n' } },
    sys: { fs: { cgroup: { ci: around } } },
  })
  t.same(machineRoom(root), { cpus, quota: 1.5, memoryMiB: 524 })
  t.end()
})
