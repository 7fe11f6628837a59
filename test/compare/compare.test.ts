import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { updateBaseline } from '../../runner/baseline/store.js'
import { compareSides, differs } from '../../runner/compare/compare.js'
import { comparisonAsJson } from '../../runner/compare/json.js'
import { comparisonAsMarkdown } from '../../runner/compare/markdown.js'
import { readSide } from '../../runner/compare/read-side.js'
import { type Side, subjectOfRecord } from '../../runner/compare/subject.js'
import { formatComparison } from '../../runner/compare/text.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const { kernel } = exampleRecord()
const of612 = { ...kernel, version: '6.12.118', release: '6.12.118+deb13-cloud-amd64', sha256: 'x' }

function side(name: string, ...records: readonly Partial<GuiseRecord>[]): Side {
  return { name, subjects: records.map(changes => subjectOfRecord(exampleRecord(changes))) }
}

function text(before: Side, now: Side, all = false): string {
  return formatComparison(compareSides(before, now), { colour: false, width: null, all })
}

const asked = (eax: string) => {
  const zero = '0x00000000'
  const registers = { eax, ebx: zero, ecx: zero, edx: zero }
  return { asked: [{ leaf: '0x40000001', subleaf: null, registers }], got: [] }
}

t.test('two kernels: by scenario, those that differ alike together, with the cause', t => {
  const before = side('A', { scenario: 'a' }, { scenario: 'b' }, { scenario: 'c' })
  const changed = {
    kernel: of612,
    clocksource: { current: 'hpet', available: ['hpet'], settled: true },
  }
  const now = side(
    'B',
    { scenario: 'a', ...changed, rule: 'TSC: not here any more' },
    { scenario: 'b', ...changed, rule: 'TSC: not here any more' },
    { scenario: 'c', kernel: of612, log: ['Hypervisor detected: KVM', 'in other words'] },
  )
  const shown = text(before, now)
  t.match(shown, /^A {2}kernel 6\.1\.176 \(6\.1\.0-50-cloud-amd64\)$/m)
  t.match(shown, /^both: accelerator tcg, /m)
  t.match(shown, /^a, b\n[^]*^ {2}clocksource current: tsc -> hpet\n/m)
  t.match(shown, /^ {2}because: TSC: not here any more$/m)
  t.match(shown, /^3 scenarios compared: 1 the same, 2 differ$/m)
  t.notMatch(shown, /^c$/m, 'each series has words of its own')
  t.match(text(before, now, true), /^the same: c$/m)
  t.ok(differs(compareSides(before, now)))
  t.notOk(differs(compareSides(before, before)))
  t.end()
})

t.test('of one series the lines of the log count, and the bits that were asked for', t => {
  const log = ['Hypervisor detected: KVM', 'in other words']
  const shown = text(
    side('A', { cpuid: asked('0x00000001') }),
    side('B', { log, cpuid: asked('0x00000009'), flags: ['fpu'] }),
  )
  t.match(shown, /^ {2}asked 0x40000001: eax bit 3: clear -> set$/m)
  t.notMatch(shown, 'eax=', 'and in no other way')
  t.match(shown, /^ {2}\+ log in other words$/m)
  t.match(shown, /^ {2}- flag hypervisor$/m)
  t.match(shown, /^ {2}because: the CPUID that was asked for differs$/m)
  t.match(shown, /1 differs$/m)
  const same = side('B', { log, cpuid: asked('0x00000001') })
  t.match(
    text(side('A', { cpuid: asked('0x00000001') }), same),
    /1 differs, 1 of them for no cause that is known$/m,
  )
  t.end()
})

t.test('what was asked for otherwise is not told again as what was seen', t => {
  const cpuid = (eax: string, ebx: string) => {
    const zero = '0x00000000'
    const rest = { ecx: zero, edx: zero, subleaf: 0 }
    return {
      asked: asked(eax).asked,
      got: [
        {
          cpu: 0,
          leaves: [
            { leaf: '0x00000007', eax: zero, ebx, ...rest },
            { leaf: '0x40000001', eax, ebx: zero, ...rest },
          ],
        },
      ],
    }
  }
  const shown = text(
    side('A', { cpuid: cpuid('0x00000001', '0x00000020') }),
    side('B', { cpuid: cpuid('0x00000009', '0x00000000') }),
  )
  t.match(shown, /^ {2}asked 0x40000001: eax bit 3: clear -> set$/m)
  t.match(shown, /^ {2}CPUID 0x00000007\.0 ebx: - avx2$/m)
  t.notMatch(shown, 'CPUID 0x40000001')
  t.end()
})

t.test('what the guests saw of CPUID is told by the bits', t => {
  const seen = (ebx: string, level = '0x0000000d') => {
    const zero = '0x00000000'
    const rest = { eax: zero, ecx: zero, edx: zero, subleaf: 0 }
    const leaves = [
      { leaf: '0x00000000', ...rest, eax: level, ebx: zero },
      { leaf: '0x00000007', ...rest, ebx },
    ]
    return { asked: [], got: [{ cpu: 0, leaves }] }
  }
  const shown = text(
    side('A', { cpuid: seen('0x00000080') }),
    side('B', { cpuid: seen('0x00100000', '0x00000016') }),
  )
  t.match(shown, /^ {2}CPUID 0x00000000\.0 eax: 0x0000000d -> 0x00000016$/m)
  t.match(shown, /^ {2}CPUID 0x00000007\.0 ebx: \+ smap; - smep$/m)
  const numbers = (value: string) => ({
    asked: [],
    got: [
      {
        cpu: 0,
        leaves: ['0x00000002', '0x00000004'].map(leaf => {
          return { leaf, subleaf: 0, eax: value, ebx: value, ecx: value, edx: value }
        }),
      },
    ],
  })
  const many = text(
    side('A', { cpuid: numbers('0x00000001') }),
    side('B', { cpuid: numbers('0x00000002') }),
  )
  t.match(many, /^ {2}CPUID: other numbers in the leaves 0x00000002\.0, 0x00000004\.0$/m)
  t.notMatch(many, /->/)

  // OSPKE mirrors CR4, which a kernel sets or does not (volatile-bits.ts); what a hypervisor measures is told by the nanosecond.
  const leaf = (name: string, value: string) => {
    const zero = '0x00000000'
    const registers = { eax: name === '0x40000010' ? value : zero, ebx: zero, edx: zero }
    const ecx = name === '0x00000007' ? value : zero
    return { leaf: name, subleaf: 0, ...registers, ecx }
  }
  const own = (ospke: string, khz: string) => ({
    asked: [],
    got: [{ cpu: 0, leaves: [leaf('0x00000007', ospke), leaf('0x40000010', khz)] }],
  })
  const same = (ospke: string, khz: string) =>
    !differs(
      compareSides(
        side('A', { cpuid: own('0x00000000', '0x00279d21') }),
        side('B', { cpuid: own(ospke, khz) }),
      ),
    )
  t.ok(same('0x00000010', '0x00279d21'))
  t.ok(same('0x00000000', '0x00279d20'))
  t.notOk(same('0x00000008', '0x00279d21'))
  t.end()
})

t.test('what is of another fidelity, or tells nothing, is not compared', t => {
  const comparison = compareSides(
    side('A', { scenario: 'a' }, { scenario: 'b' }),
    side(
      'B',
      { scenario: 'a', accel: 'nested', fidelity: 'kvm' },
      { scenario: 'b', verdict: 'error', why: ['no QEMU'] },
    ),
  )
  t.same(comparison.scenarios, [])
  t.same(
    comparison.uncompared.map(({ scenario, fidelity, why }) => `${scenario} ${fidelity}: ${why}`),
    [
      'a cpuid: B has it with fidelity kvm',
      'a kvm: A has it with fidelity cpuid',
      'b cpuid: B: error: no QEMU',
    ],
  )
  t.same(
    comparison.uncompared.map(({ isTrouble }) => isTrouble),
    [false, false, true],
  )
  t.end()
})

t.test('sides of several kernels are paired by series, or refused', t => {
  const both = side('A', { scenario: 'a' }, { scenario: 'a', kernel: of612 })
  const { scenarios } = compareSides(both, { ...both, name: 'B' })
  t.same(
    scenarios.map(({ series }) => series),
    ['6.1', '6.12'],
  )
  t.throws(
    () => compareSides(both, side('B', { scenario: 'a' })),
    /^A: expected results of one kernel series, .*got 6\.1, 6\.12: name the folder of one$/,
  )
  t.end()
})

t.test('records and baselines are read from where they lie', t => {
  const folder = t.testdir()
  const [records, baselines] = [join(folder, 'records'), join(folder, 'baselines')]
  mkdirSync(records)
  writeFileSync(join(records, 'kvm-no-features.json'), JSON.stringify(exampleRecord()))
  updateBaseline(baselines, exampleRecord())
  updateBaseline(baselines, exampleRecord({ kernel: of612, flags: ['fpu', 'hypervisor', 'smep'] }))
  const [run, old, fresh] = [
    readSide(records),
    readSide(join(baselines, '6.1')),
    readSide(join(baselines, '6.12', 'cpuid')),
  ]
  if (run === null || old === null || fresh === null) throw new Error('nothing was read')
  t.notOk(differs(compareSides(run, old)))
  t.match(text(old, fresh), /^kvm-no-features\n {2}\+ flag smep\n/m)
  t.equal(readSide(join(folder, 'nowhere')), null)
  mkdirSync(join(folder, 'empty'))
  t.equal(readSide(join(folder, 'empty')), null)
  const file = join(baselines, '6.1', 'cpuid', 'AuthenticAMD', 'kvm-no-features.txt')
  t.equal(readSide(file)?.subjects.length, 1)
  writeFileSync(join(folder, 'x.txt'), '')
  t.throws(() => readSide(join(folder, 'x.txt')), /expected a baseline, SERIES\/FIDELITY\//)
  t.end()
})

t.test('JSON and Markdown say the same, and what a guest says is no markup', t => {
  const comparison = compareSides(
    side('A', {}),
    side('B', {
      kernel: of612,
      identity: { hypervisor: '`x` <b>', paravirt: 'KVM', sysfsType: null },
    }),
  )
  const json = comparisonAsJson(comparison, false)
  t.same(json.scenarios[0]?.changes, ['- hypervisor KVM', '+ hypervisor `x` <b>'])
  const markdown = comparisonAsMarkdown(comparison)
  t.match(markdown, /^### `A` and `B`$/m)
  t.match(markdown, /^- ``hypervisor: KVM -> `x` <b>``$/m)
  t.end()
})

t.test('what is the version’s is told of the CPUs that show it, and of one guest never', t => {
  const fresh = { kernel: of612, flags: ['fpu', 'hypervisor', 'avx2'] }
  const one = text(side('A', { scenario: 'a' }), side('B', { scenario: 'a', ...fresh }))
  t.match(one, /^a\n {2}\+ flag avx2\n/m)
  t.match(one, /^1 scenario compared: 0 the same, 1 differs/m)
  const before = side('A', { scenario: 'a' }, { scenario: 'b', vendor: 'GenuineIntel' })
  const two = compareSides(
    before,
    side('B', { scenario: 'a', ...fresh }, { scenario: 'b', vendor: 'GenuineIntel', ...fresh }),
  )
  const shown = formatComparison(two, { colour: false, width: null, all: false })
  t.match(shown, /^whatever the CPU:\n {2}\+ flag avx2\n/m)
  t.match(
    shown,
    /^2 scenarios compared: 2 the same, 0 differ, beside 1 change of the kernel’s own$/m,
  )
  t.match(
    comparisonAsMarkdown(two),
    /^#### With the kernel, `whatever the CPU`\n\n- `\+ flag avx2`$/m,
  )
  t.match(comparisonAsJson(two, false).versionChanges, [
    { change: '+ flag avx2', guests: 2, vendors: ['AuthenticAMD', 'GenuineIntel'] },
  ])
  const known = { kernel: of612, flags: ['fpu', 'hypervisor', 'xtopology'] }
  const amd = text(
    side('A', { scenario: 'a' }, { scenario: 'b' }),
    side('B', { scenario: 'a', ...known }, { scenario: 'b', ...known }),
  )
  t.match(amd, /^a, b\n {2}\+ flag xtopology\n {2}because: c749ce393b8f /m)
  t.end()
})
