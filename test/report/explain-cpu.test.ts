import t from 'tap'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import { bugLines, cpuLines } from '../../runner/report/explain-cpu.js'
import { flagLines } from '../../runner/report/explain-flags.js'
import { sanityLines } from '../../runner/report/explain-sanity.js'
import { topologyLines } from '../../runner/report/explain-topology.js'
import { explain } from '../../runner/report/explain.js'
import { exampleRecord } from '../fixtures/record.js'
import { twoThreads } from '../observe/two-threads.js'

const cpu = cpuFactsOf(twoThreads, [
  "x86/fpu: Enabled xstate features 0x207, context size is 2696 bytes, using 'standard' format.",
  'APIC: Switch to symmetric I/O mode setup',
  'Switched APIC routing to physical flat.',
])
if (cpu === null) throw new Error('no CPUs')

t.test('who the kernel takes its CPUs to be', t => {
  t.same(cpuLines(cpu), [
    'GenuineIntel, family 0x6, model 0x3c, stepping 4: A CPU: of two threads',
    'microcode 0x1; addresses of 40 bits, virtual of 48; cache size 16384 KiB',
    'XSAVE of features 0x207 in 2696 bytes, standard format',
    'CPU 1 differs from the first: microcode 0x2; flags +avx -aes',
  ])
  t.match(cpuLines({ ...cpu, name: '' })[0], /: no name$/)
  t.end()
})

t.test('how it groups them', t => {
  t.same(topologyLines(cpu), [
    '1 package, 1 die, 1 core, 2 threads; 2 online, present 0-1; SMT on',
    'APIC xapic, routing physical flat',
    'package 0, die 0: CPUs 0-1; APIC ids 0-1; core 0 of 0-1',
    'L1 Data, 32 KiB, 8 ways of 64 sets, lines of 64 bytes, 1 of them: of CPUs 0-1',
    'L3 Unified, 16384 KiB, 16 ways of 16384 sets, lines of 64 bytes, 1 of them: of CPUs 0-1',
  ])
  t.equal(topologyLines({ ...cpu, caches: [] }).at(-1), 'no caches in sysfs')
  const [first] = cpu.cpus
  if (first === undefined) throw new Error('no CPU')
  const apart = [0, 1, 2, 4].map(id => ({ ...first, cpu: id, apicId: id, core: id, die: id >> 1 }))
  t.same(topologyLines({ ...cpu, cpus: apart }).slice(2, 5), [
    'package 0, die 0: CPUs 0-1; APIC ids 0-1; cores 0 of 0, 1 of 1',
    'package 0, die 1: CPUs 2; APIC ids 2; core 2 of 2',
    'package 0, die 2: CPUs 4; APIC ids 4; core 4 of 4',
  ])
  const many = Array.from({ length: 20 }, (_, id) => ({ ...first, cpu: id, core: id }))
  t.match(topologyLines({ ...cpu, cpus: many })[2], / 15 of 15, …$/)
  t.end()
})

t.test('its bugs, its flags, and what of CPUID is not among them', t => {
  t.same(bugLines(cpu), ['mds, spectre_v1', 'mds: Vulnerable', 'spectre_v1: Mitigation: barriers'])
  const spared = { ...cpu, bugs: [], vulnerabilities: { mds: 'Not affected' } }
  t.same(bugLines(spared), ['none', 'not affected by 1 other'])
  const record = exampleRecord({ flags: ['aes'], notShown: ['avx'] })
  t.same(flagLines(record), [
    'aes',
    'in CPUID and not among them, for the kernel has another name, none, or took it away: avx',
  ])
  t.same(flagLines({ ...record, flags: [] }), [])
  t.end()
})

t.test('the rules that it broke', t => {
  const shown = 'CPU 1: the kernel says 1, CPUID 4'
  const broken = exampleRecord({ broken: [{ rule: 'apic-id', shown }] })
  t.same(sanityLines(broken), [
    `apic-id is broken (the APIC id of a CPU is the one that its CPUID says): ${shown}`,
  ])
  t.same(sanityLines(exampleRecord({ broken: [] })), ['kept, all that any sane kernel keeps to'])
  t.same(sanityLines({ ...broken, outcome: 'panic' }), [])
  t.same(sanityLines(exampleRecord()), [], 'a record from before there were any')
  t.end()
})

t.test('the story has it all', t => {
  const story = explain(exampleRecord({ cpu, broken: [] }))
  t.match(story, /^CPU {9}GenuineIntel, family 0x6, /m)
  t.match(story, /^topology {4}1 package, /m)
  t.match(story, /^bugs {8}mds, spectre_v1\n {12}mds: Vulnerable$/m)
  t.match(story, /^rules {7}kept, /m)
  t.notMatch(explain(exampleRecord()), /^CPU /m)
  t.end()
})
