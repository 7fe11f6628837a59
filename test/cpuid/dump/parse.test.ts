import t from 'tap'
import { describeNote } from '../../../runner/cpuid/dump/describe.js'
import { parseDump } from '../../../runner/cpuid/dump/parse.js'
import { formatRawDump } from '../../../runner/cpuid/dump/write.js'
import { outline, twoCpus } from './outline.js'
import * as written from './written.js'

function notes(text: string): string[] {
  return parseDump(text).notes.map(note => describeNote('x', note))
}

t.test('cpuid -r: each CPU below its heading', t => {
  t.same(parseDump(formatRawDump(twoCpus)).cpus, twoCpus)
  t.same(parseDump(formatRawDump(twoCpus)).notes, [])
  t.end()
})

t.test(
  'cpuid -1 -r: a preamble is noted with its line, once; what else is no leaf is counted',
  t => {
    const text = `Disclaimer: cpuid may not support decoding of all cpuid registers.
CPU:
   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69
a word
   0x00000004 0x01: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
another
`
    t.same(outline(text), ['0: 0.0.d 4.1.1'])
    t.same(notes(text), [
      'x:1: `Disclaimer: cpuid may not support decoding of all cpuid r...` and 2 more lines are no leaves',
    ])
    t.same(notes(`a title\n${formatRawDump(twoCpus)}`), ['x:1: `a title` is no leaf'])
    t.end()
  },
)

t.test('kcpuid -r: leaves below its headings, subleaves in decimal', t => {
  const text = `Standard Leafs :
================
0x00000000: EAX=0x0000000d, EBX=0x756e6547, ECX=0x6c65746e, EDX=0x49656e69
0x00000004: subleafs:
  0: EAX=0x1c004121, EBX=0x01c0003f, ECX=0x0000003f, EDX=0x00000000
  1: EAX=0x1c004122, EBX=0x01c0003f, ECX=0x0000003f, EDX=0x00000000
0x0000000d: subleafs:
  0: EAX=0x00000007, EBX=0x00000340, ECX=0x00000340, EDX=0x00000000
 11: EAX=0x00000010, EBX=0x00000000, ECX=0x00000001, EDX=0x00000000
Extended Leafs :
================
0x80000000: EAX=0x80000008, EBX=0x00000000, ECX=0x00000000, EDX=0x00000000
`
  t.same(outline(text), ['0: 0.0.d 4.0.1c004121 4.1.1c004122 d.0.7 d.b.10 80000000.0.80000008'])
  t.same(notes(text), [])
  t.same(notes(text.replace('Standard', 'Basic')), [])
  t.end()
})

t.test('InstLatx64: notes of subleaves, and three kinds of headings', t => {
  const leaves = `CPUID 00000000: 00000014-756E6547-6C65746E-49656E69 [GenuineIntel]
CPUID 00000004: 1C004121-01C0003F-0000003F-00000000 [SL 00]
CPUID 00000004: 1C03C163-03C0003F-00001FFF-00000006 [SL 03]
CPUID 80000002: 65746E49-2952286C-726F4320-4D542865 [Intel(R) Core
`
  const each = '0.0.14 4.0.1c004121 4.3.1c03c163 80000002.0.65746e49'
  const twice = (heading: (cpu: number) => string) =>
    `${heading(0)}\n${leaves}\n${heading(1)}\n${leaves}`
  for (const heading of [
    (cpu: number) => `CPU#00${cpu} AffMask: 0x000000000000000${cpu + 1} `,
    (cpu: number) => `------[ Logical CPU #${cpu} ]------`,
    (cpu: number) => `CPUID Registers (CPU #${cpu + 1}):`,
    (cpu: number) => `CPUID Registers (CPU #${cpu}):`,
  ]) {
    t.same(outline(twice(heading)), [`0: ${each}`, `1: ${each}`], heading(0))
    t.same(notes(twice(heading)), [])
  }
  t.end()
})

t.test('InstLatx64: what it tells besides is left out', t => {
  const text = `------[ Versions ]------
CPUID Manufacturer : GenuineIntel
CPUID Revision     : 00000F43h
------[ Logical CPU #0 ]------
allcpu: Valid
CPUID 00000000: 00000005-756E6547-6C65746E-49656E69
L1    Data Cache:     16 KB,  8-way Associative, 64-byte Line
------[ MSR Registers ]------
MSR 0000001B: 0000-0000-FEE0-0900
CPU  0: APICID   0 / Package 0 / Core  0 / Thread 0: Valid
`
  t.same(outline(text), ['0: 0.0.5'])
  t.same(notes(text), ['x:1: `------[ Versions ]------` and 7 more lines are no leaves'])
  t.end()
})

t.test('InstLatx64 without notes: the n-th line of a leaf is its subleaf n', t => {
  const leaf = (name: string, eax: string) => `CPUID ${name}: ${eax}-00000000-00000000-00000000`
  const cpu = ['00000000', '00000004', '00000004', '00000004', '80000000', '80000000'].map(
    (name, index) => leaf(name, `0000000${index}`),
  )
  const one = '0.0.0 4.0.1 4.1.2 4.2.3 80000000.0.4 80000000.1.5'
  t.same(outline(cpu.join('\n')), [`0: ${one}`])
  t.same(
    outline([...cpu, ...cpu].join('\n')),
    [`0: ${one}`, `1: ${one}`],
    'a first leaf begins a CPU',
  )
  t.end()
})

t.test(
  'InstLatx64 without notes: AVX is subleaf 2, also of a CPU whose subleaf 1 is left out',
  t => {
    const avx = 'CPUID 0000000D: 00000100-00000240-00000000-00000000'
    const base = 'CPUID 0000000D: 00000007-00000340-00000340-00000000'
    const one = 'CPUID 0000000D: 00000001-00000000-00000000-00000000'
    t.same(outline(`${base}\n${avx}`), ['0: d.0.7 d.2.100'])
    t.same(outline(`${base}\n${one}\n${avx}`), ['0: d.0.7 d.1.1 d.2.100'])
    t.end()
  },
)

t.test('InstLatx64: subleaves beyond the ninth, in decimal or in hexadecimal', t => {
  const text = (...subleaves: string[]) =>
    subleaves
      .map(each => `CPUID 0000000D: 00000001-00000000-00000000-00000000 [SL ${each}]`)
      .join('\n')
  t.same(outline(text('09', '10', '11')), ['0: d.9.1 d.a.1 d.b.1'])
  t.same(outline(text('09', '0A', '10')), ['0: d.9.1 d.a.1 d.10.1'])
  t.end()
})

t.test(
  'a CPU that InstLatx64 lists again: the first listing counts, and it is said what differs',
  t => {
    const cpu = (bit: number) => `CPUID 00000000: 00000001-756E6547-6C65746E-49656E69
CPUID 00000001: 00000F43-0${bit}020800-00000000-00000000
`
    const headed = `CPU#000 AffMask: 0x1\n${cpu(0)}CPU#000 AffMask: 0x1\n`
    t.same(outline(headed + cpu(1)), ['0: 0.0.1 1.0.f43'])
    t.equal(parseDump(headed + cpu(1)).cpus[0]?.leaves[1]?.registers.ebx, 0x20800)
    t.same(notes(headed + cpu(1)), [
      'x:4: CPU 0 is listed again, with other values of 0x00000001: the first listing counts',
    ])
    t.same(notes(headed + cpu(0)), ['x:4: CPU 0 is listed again, the same'])
    t.same(
      outline(cpu(0) + cpu(1) + cpu(0)),
      ['0: 0.0.1 1.0.f43', '1: 0.0.1 1.0.f43'],
      'by its APIC id',
    )
    t.end()
  },
)

t.test('white space, line ends, case and 0x make no difference', t => {
  const text = formatRawDump(twoCpus)
  for (const [what, other] of [
    ['Windows', text.replaceAll('\n', '\r\n')],
    ['old Mac', text.replaceAll('\n', '\r')],
    ['no end', text.trimEnd()],
    ['tabs', text.replaceAll('   ', '\t').replaceAll(' ebx', '\tebx')],
    [
      'upper case',
      text.replace(/0x([0-9a-f]+)/g, (_, digits: string) => `0x${digits.toUpperCase()}`),
    ],
    ['without 0x', text.replaceAll('0x', '')],
    ['empty lines', text.replaceAll('\n', '\n  \n')],
    ['nothing in front', text.replaceAll('   ', '')],
  ] as const) {
    t.same(parseDump(other), parseDump(text), what)
  }
  t.same(parseDump(written.instlat(twoCpus).toLowerCase()).cpus, twoCpus)
  t.same(
    parseDump(written.kcpuid(twoCpus.slice(0, 1)).replaceAll('0x', '')).cpus,
    twoCpus.slice(0, 1),
  )
  t.end()
})

t.test('headings give the number of their CPU; one without a number counts on', t => {
  const leaf = '0x0 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n'
  const numbers = (...headings: string[]) =>
    parseDump(headings.map(heading => `${heading}\n${leaf}`).join('')).cpus.map(({ cpu }) => cpu)
  t.same(numbers('CPU 3:', 'CPU   12: '), [3, 12])
  t.same(numbers('CPU:', 'CPU:'), [0, 1])
  t.same(numbers('CPU 3:', 'CPU:'), [3, 4])
  t.same(numbers(''), [0])
  t.same(numbers('CPU 1:', 'CPU 0:'), [0, 1], 'in their order')
  t.end()
})

t.test('a heading without leaves is noted', t => {
  t.same(notes(`${formatRawDump(twoCpus)}CPU 2:\n`), ['x:17: CPU 2 has no leaves'])
  t.end()
})

t.test('a first version of cpuid, which wrote no subleaf', t => {
  t.same(
    outline(
      '   0x00000004: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n   0x00000004: eax=0x2 ebx=0x0 ecx=0x0 edx=0x0',
    ),
    ['0: 4.0.1 4.1.2'],
  )
  t.end()
})

t.test('a line without an end is read in no time', t => {
  const start = performance.now()
  for (const part of ['eax=', ' ', 'CPUID ', '0x0 0x0: eax=', '[SL '])
    t.same(parseDump(part.repeat(1_000_000)).cpus, [])
  t.ok(performance.now() - start < 2000)
  t.end()
})

t.test('a dump that was quoted in a mail, came through the kernel’s log, or has comments', t => {
  const plain = formatRawDump(twoCpus)
  const each = (change: (line: string) => string) =>
    parseDump(plain.split('\n').map(change).join('\n'))
  for (const change of [
    (line: string) => `> ${line}`,
    (line: string) => `>> > ${line}`,
    (line: string) => `[   12.345678] ${line}`,
    (line: string) => (line.includes('=') ? `${line}   # as measured, eax=0x1` : line),
  ]) {
    const { cpus, problems, notes } = each(change)
    t.same({ cpus, problems, notes }, { cpus: twoCpus, problems: [], notes: [] }, change('LINE'))
  }
  const kcpuid = '0x00000000: EAX=0x0000000d, EBX=0x756e6547, ECX=0x6c65746e, EDX=0x49656e69'
  t.same(outline(`${kcpuid} # Intel`), ['0: 0.0.d'])
  t.end()
})

t.test('CPUs by strange numbers, and those that are listed twice', t => {
  const leaf = '   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69'
  for (const heading of ['CPU #1:', 'cpu 1', 'CPU#1', 'Cpu 1 :'])
    t.same(outline(`CPU 0:\n${leaf}\n${heading}\n${leaf}\n`), ['0: 0.0.d', '1: 0.0.d'], heading)
  for (const heading of ['CPU -1:', 'CPU 1.5:', 'CPU 0x1:']) {
    const { cpus, problems } = parseDump(`CPU 0:\n${leaf}\n${heading}\n${leaf}\n`)
    t.same(cpus, [])
    t.same(problems, [{ line: 3, expected: '`CPU N:`, N counted from 0', text: heading }])
  }
  t.same(notes(`CPU 0:\n${leaf}\nCPU 0:\n${leaf}\n`), ['x:3: CPU 0 is listed again, the same'])
  t.same(notes(`CPU model: x\nCPU 0:\n${leaf}\n`), ['x:1: `CPU model: x` is no leaf'])
  t.end()
})

t.test('a dump that was cut within its last value', t => {
  for (const whole of [
    'CPU 0:\n   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69',
    'CPUID 00000001: 00800F12-00400800-7ED8320B-178BFBFF',
    '0x00000000: EAX=0x0000000d, EBX=0x756e6547, ECX=0x6c65746e, EDX=0x49656e69',
  ]) {
    t.equal(parseDump(whole).problems.length, 0, whole)
    const { cpus, problems } = parseDump(whole.slice(0, -3))
    t.same(cpus, [])
    t.match(problems, [{ expected: 'a last value of 8 digits, or a whole line' }])
    t.equal(parseDump(`${whole.slice(0, -3)}\n`).problems.length, 0, 'a whole line, written short')
  }
  t.end()
})
