import t from 'tap'
import { chooseJobs } from '../../runner/run/jobs.js'

const room = { cpus: 4, quota: null, memoryMiB: null }

t.test('one guest for each CPU', t => {
  t.same(chooseJobs(room, 256), { count: 4, why: 'one for each CPU' })
  t.same(chooseJobs({ ...room, quota: 8, memoryMiB: 64_000 }, 256).why, 'one for each CPU')
  t.same(chooseJobs({ ...room, quota: 4, memoryMiB: 4 * 416 }, 256).why, 'one for each CPU')
  t.end()
})

t.test('fewer where a container has no CPU time or no memory for so many', t => {
  t.same(chooseJobs({ ...room, quota: 1.5 }, 256), { count: 2, why: 'the CPU time of 1.5 CPUs' })
  t.same(chooseJobs({ ...room, memoryMiB: 4 * 416 - 1 }, 256), {
    count: 3,
    why: '1663 MiB of memory',
  })
  t.equal(chooseJobs({ ...room, memoryMiB: 10_000 }, 4096).count, 2, 'the largest counts')
  t.equal(chooseJobs({ cpus: 8, quota: 3, memoryMiB: 1000 }, 256).count, 2, 'what is scarcest')
  t.end()
})

t.test('and one at least', t => {
  t.equal(chooseJobs({ ...room, quota: 0.1, memoryMiB: 100 }, 256).count, 1)
  t.end()
})
