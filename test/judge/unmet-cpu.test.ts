import t from 'tap'
import { unmetCpu } from '../../runner/judge/unmet-cpu.js'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import { parseScenario } from '../fixtures/scenario.js'
import { twoThreads } from '../observe/two-threads.js'

const facts = { cpu: cpuFactsOf(twoThreads), flags: ['aes', 'fpu', 'sse'] }

/** What is unmet, as `FIELD: want WANT, got GOT`. */
function unmet(expect: string, of: Parameters<typeof unmetCpu>[1] = facts): string[] {
  const [expected] = parseScenario(`expect: [{ ${expect} }]`).expect
  if (expected === undefined) throw new Error('no expectation')
  return unmetCpu(expected, of).map(({ field, want, got }) => `${field}: want ${want}, got ${got}`)
}

t.test('what is as expected', t => {
  for (const expect of [
    '',
    'cpu: { vendor: GenuineIntel, family: 6, model: 60, stepping: 4, name: of two }',
    'cpu: { name: "/^A CPU: of two threads$/" }',
    'flags: { has: [aes, sse], lacks: [avx] }',
    'bugs: { has: [mds], lacks: [tsx] }',
    'bugs: { is: [spectre_v1, mds] }',
    'vulnerabilities: { mds: /^Vulnerable$/, spectre_v1: Mitigation }',
    'topology: { packages: 1, dies: 1, cores: 1, threads: 2, online: 2 }',
    'cpu: { physicalBits: 40, virtualBits: 48, cacheKiB: 16384 }',
    'topology: { smt: on, packageIds: [0, 0], dieIds: [0, 0], coreIds: [0, 0], apicIds: [0, 1], siblings: [0-1] }',
    'caches: [{ level: 1 }, { level: 3, sizeKiB: 16384, count: 1 }, { level: 2, count: 0 }]',
    'caches: [{ level: 1, sharedBy: [0-1] }, { level: 3, sharedBy: [0-1], count: 1 }, { level: 2, sharedBy: [] }]',
  ])
    t.same(unmet(expect), [], expect)
  t.end()
})

t.test('what is not', t => {
  for (const [expect, told] of [
    ['cpu: { vendor: AuthenticAMD }', 'cpu.vendor: want AuthenticAMD, got GenuineIntel'],
    ['cpu: { family: 5 }', 'cpu.family: want 5, got 6'],
    ['cpu: { model: 0x3d }', 'cpu.model: want 61, got 60'],
    ['cpu: { stepping: 0 }', 'cpu.stepping: want 0, got 4'],
    ['cpu: { name: Haswell }', 'cpu.name: want Haswell, got A CPU: of two threads'],
    ['flags: { has: [avx] }', 'flags.has: want avx, got no sign of it'],
    ['flags: { lacks: [aes] }', 'flags.lacks: want aes, got aes'],
    ['bugs: { has: [tsx] }', 'bugs.has: want tsx, got no sign of it'],
    ['bugs: { lacks: [mds] }', 'bugs.lacks: want mds, got mds'],
    ['bugs: { is: [mds] }', 'bugs.is: want mds, got mds spectre_v1'],
    ['bugs: { is: [] }', 'bugs.is: want none, got mds spectre_v1'],
    [
      'vulnerabilities: { mds: Mitigation }',
      'vulnerabilities.mds: want Mitigation, got Vulnerable',
    ],
    ['vulnerabilities: { srso: Safe }', 'vulnerabilities.srso: want Safe, got no such file'],
    [
      'vulnerabilities: { constructor: Safe }',
      'vulnerabilities.constructor: want Safe, got no such file',
    ],
    ['topology: { cores: 2 }', 'topology.cores: want 2, got 1'],
    ['topology: { smt: forceoff }', 'topology.smt: want forceoff, got on'],
    ['topology: { packageIds: [0, 1] }', 'topology.packageIds: want 0 1, got 0 0'],
    ['topology: { dieIds: [0] }', 'topology.dieIds: want 0, got 0 0'],
    ['topology: { coreIds: [1, 0] }', 'topology.coreIds: want 1 0, got 0 0'],
    ['topology: { apicIds: [1, 0] }', 'topology.apicIds: want 1 0, got 0 1'],
    ["topology: { siblings: ['0', '1'] }", 'topology.siblings: want 0 1, got 0-1'],
    ['cpu: { physicalBits: 36 }', 'cpu.physicalBits: want 36, got 40'],
    ['cpu: { virtualBits: 57 }', 'cpu.virtualBits: want 57, got 48'],
    ['cpu: { cacheKiB: 512 }', 'cpu.cacheKiB: want 512, got 16384'],
    [
      "caches: [{ level: 3, sharedBy: ['0', '1'] }]",
      'caches: want level 3 shared by 0 1, got 1 of level 3 type Unified sizeKiB 16384 ways 16 sets 16384 lineBytes 64 shared by 0-1',
    ],
    [
      'caches: [{ level: 1, ways: 4 }]',
      'caches: want level 1 ways 4, got 1 of level 1 type Data sizeKiB 32 ways 8 sets 64 lineBytes 64 shared by 0-1',
    ],
    ['caches: [{ level: 2 }]', 'caches: want level 2, got no cache of level 2'],
    [
      'caches: [{ level: 3, count: 2 }]',
      'caches: want 2 of level 3, got 1 of level 3 type Unified sizeKiB 16384 ways 16 sets 16384 lineBytes 64 shared by 0-1',
    ],
  ] as const)
    t.same(unmet(expect), [told], expect)
  t.end()
})

t.test('a guest that said nothing of its CPUs has nothing', t => {
  const silent = { cpu: null, flags: [] }
  t.same(unmet('cpu: { family: 6 }, topology: { online: 1 }, bugs: { has: [mds] }', silent), [
    'cpu.family: want 6, got nothing',
    'bugs.has: want mds, got no sign of it',
    'topology.online: want 1, got nothing',
  ])
  t.same(unmet('cpu: { physicalBits: 40 }, topology: { smt: on, apicIds: [0] }', silent), [
    'cpu.physicalBits: want 40, got nothing',
    'topology.smt: want on, got nothing',
    'topology.apicIds: want 0, got nothing',
  ])
  t.same(unmet('bugs: { is: [] }, flags: { lacks: [x] }', silent), [])
  t.end()
})
