import t from 'tap'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import { matrixAsJson } from '../../runner/matrix/json.js'
import { formatMatrix } from '../../runner/matrix/text.js'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'
import { twoThreads } from '../observe/two-threads.js'

const cpu = cpuFactsOf(twoThreads)
if (cpu === null) throw new Error('no CPUs')

/** A CPU whose leaf 7 has EBX. */
const cpuid = (ebx: string): GuiseRecord['cpuid'] => ({
  asked: [],
  got: [
    {
      cpu: 0,
      leaves: [
        {
          leaf: '0x00000007',
          subleaf: 0,
          eax: '0x00000000',
          ebx,
          ecx: '0x00000000',
          edx: '0x00000000',
        },
      ],
    },
  ],
})
const avx2 = cpuid('0x00000020')
const without = cpuid('0x00000000')

const on = (version: string, scenario: string, changes: Partial<GuiseRecord> = {}) =>
  exampleRecord({
    cpuid: without,
    flags: [],
    ...changes,
    scenario,
    kernel: { ...exampleRecord().kernel, version, release: version, sha256: version },
  })

/** What is the version's on the second kernel, and what each scenario's. */
function told(...records: GuiseRecord[]) {
  const matrix = matrixAsJson(makeMatrix(records))
  return {
    version: matrix.versionChanges.at(-1)?.map(({ change, guests }) => `${change} (${guests})`),
    own: matrix.rows.map(({ cells }) => cells.at(-1)?.changes),
  }
}

t.test('a flag that a version shows of every CPU that has it is the version’s', t => {
  const before = [on('6.1.1', 'a', { cpuid: avx2 }), on('6.1.1', 'b')]
  const now = [on('6.1.2', 'a', { cpuid: avx2, flags: ['avx2'] }), on('6.1.2', 'b')]
  t.same(told(...before, ...now), { version: ['+ flag avx2 (1)'], own: [[], []] })
  t.same(told(...now.map(r => on('6.1.1', r.scenario, r)), on('6.1.2', 'a'), on('6.1.2', 'b')), {
    version: ['- flag avx2 (1)'],
    own: [[], []],
  })
  t.end()
})

t.test('a flag that one CPU lost or gained, and another that has it not, is that CPU’s', t => {
  const shown = { cpuid: avx2, flags: ['avx2'] }
  const lost = told(
    on('6.1.1', 'a', shown),
    on('6.1.1', 'b', shown),
    on('6.1.2', 'a', { cpuid: avx2 }),
    on('6.1.2', 'b', shown),
  )
  t.same(lost, { version: [], own: [['- flag avx2'], []] })
  const gained = told(
    on('6.1.1', 'a', { cpuid: avx2 }),
    on('6.1.1', 'b', { cpuid: avx2 }),
    on('6.1.2', 'a', shown),
    on('6.1.2', 'b', { cpuid: avx2 }),
  )
  t.same(gained, { version: [], own: [['+ flag avx2'], []] })
  t.end()
})

t.test('bugs by name, and what is said of vulnerabilities', t => {
  const with_ = (bugs: string[], vulnerabilities: Record<string, string>) => ({
    cpu: { ...cpu, bugs, vulnerabilities },
  })
  const records = [
    on('6.1.1', 'a', with_(['mds'], { mds: 'Vulnerable', old: 'Unknown' })),
    on('6.1.1', 'b', with_(['mds'], { mds: 'Vulnerable', old: 'Not affected' })),
    on('6.1.2', 'a', with_(['mds', 'its'], { mds: 'Mitigation: buffers', old: 'Not affected' })),
    on('6.1.2', 'b', with_([], { mds: 'Mitigation: buffers', old: 'Not affected' })),
  ]
  t.same(told(...records), {
    version: [
      '+ bug its (1)',
      '+ vulnerability mds: Mitigation: buffers (2)',
      '- vulnerability mds: Vulnerable (2)',
      '- vulnerability old: Unknown (1)',
    ],
    own: [[], ['- bug mds']],
  })
  const text = formatMatrix(makeMatrix(records), false)
  t.match(text, /^with 6\.1\.2, of AuthenticAMD CPUs:$/m)
  t.match(text, /^ {2}\+ bug its \(1 guest\)$/m)
  t.match(text, /^ {2}\+ vulnerability mds: Mitigation: buffers \(2 guests\)$/m)
  t.match(text, /^b, from 6\.1\.2 on:\n {2}- bug mds\n {2}no cause is known of: - bug mds$/m)
  t.end()
})

t.test('of which CPUs a change is told, and whose it is if its cause is known', t => {
  const intel = { vendor: 'GenuineIntel' }
  const had = { cpuid: avx2, flags: ['avx2'] }
  const before = [on('6.8', 'a', { cpuid: avx2 }), on('6.8', 'b', { ...intel, cpuid: avx2 })]
  const both = formatMatrix(
    makeMatrix([...before, on('6.9', 'a', had), on('6.9', 'b', { ...intel, ...had })]),
    false,
  )
  t.match(both, /^with 6\.9, whatever the CPU:\n {2}\+ flag avx2 \(2 guests\)$/m)
  const one = formatMatrix(
    makeMatrix([...before, on('6.9', 'a'), on('6.9', 'b', { ...intel, ...had })]),
    false,
  )
  t.match(one, /^with 6\.9, of GenuineIntel CPUs:\n {2}\+ flag avx2 \(1 guest\)$/m)
  const known = told(
    on('6.8', 'a'),
    on('6.8', 'b'),
    on('6.9', 'a', { flags: ['xtopology'] }),
    on('6.9', 'b', { flags: ['xtopology'] }),
  )
  t.same(known, { version: [], own: [['+ flag xtopology'], ['+ flag xtopology']] })
  t.end()
})
