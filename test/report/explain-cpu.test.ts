import t from 'tap'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import { bugLines, cpuLines } from '../../runner/report/explain-cpu.js'
import { explain } from '../../runner/report/explain.js'
import { exampleRecord } from '../fixtures/record.js'
import { twoThreads } from '../observe/two-threads.js'

const cpu = cpuFactsOf(twoThreads)
if (cpu === null) throw new Error('no CPUs')

t.test('what the kernel made of its CPUs', t => {
  t.same(cpuLines(cpu), [
    'GenuineIntel, family 0x6, model 0x3c, stepping 4: A CPU: of two threads',
    'microcode 0x1; addresses of 40 bits, virtual of 48',
    '1 package, 1 die, 1 core, 2 threads; 2 online, present 0-1; SMT on',
    'L1 Data, 32 KiB, 8 ways of 64 sets, lines of 64 bytes, 1 of them: of CPUs 0-1',
    'L3 Unified, 16384 KiB, 16 ways of 16384 sets, lines of 64 bytes, 1 of them: of CPUs 0-1',
    'CPU 1 differs from the first: microcode 0x2; flags +avx -aes',
  ])
  t.same(cpuLines({ ...cpu, caches: [] }).slice(3, 4), ['no caches in sysfs'])
  t.same(bugLines(cpu), ['mds, spectre_v1', 'mds: Vulnerable', 'spectre_v1: Mitigation: barriers'])
  const spared = { ...cpu, bugs: [], vulnerabilities: { mds: 'Not affected' } }
  t.same(bugLines(spared), ['none', 'not affected by 1 other'])
  const story = explain(exampleRecord({ cpu }))
  t.match(story, /^CPU {9}GenuineIntel, family 0x6, /m)
  t.match(story, /^bugs {8}mds, spectre_v1\n {12}mds: Vulnerable$/m)
  t.notMatch(explain(exampleRecord()), /^CPU /m)
  t.end()
})
