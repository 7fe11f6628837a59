import t from 'tap'
import { parseDump } from '../../../runner/cpuid/dump/parse.js'
import { formatRawDump } from '../../../runner/cpuid/dump/write.js'
import { outline, twoCpus } from './outline.js'
import * as written from './written.js'

/** `line: expected; text`, of each problem. */
function problems(text: string): string[] {
  return parseDump(text).problems.map(
    ({ line, expected, text: got }) => `${line ?? '-'}: ${expected}; ${got ?? '-'}`,
  )
}

const good = {
  'cpuid -r': formatRawDump(twoCpus.slice(0, 1)),
  'kcpuid -r': written.kcpuid(twoCpus.slice(0, 1)),
  InstLatx64: written.instlat(twoCpus.slice(0, 1)),
}
const brokenLines: Record<keyof typeof good, string[]> = {
  'cpuid -r': [
    '0x00000002 0x00: eax=0x00000001 ebx=0x00000000 edx=0x00000000',
    '0x00000002 0x00: eax=0x000000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000',
    '0x00000002 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0 more',
    'x 0x00000002 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0',
    '0x00000002 0x00: ebx=0x0 eax=0x1 ecx=0x0 edx=0x0',
    '0x0000000g 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0',
    '0x00000002 0x00 eax=0x1',
    '0x00000002 0x00: ',
    '0x00000002 0x0',
    '0x0000',
    '0x',
    '00000002 00: eax=0000',
    '0x00000002: EAX=0x00000001, EBX=0x00000000, ECX=0x00000000, EDX=0x00000000',
    'CPUID 00000002: 00000001-00000000-00000000-00000000',
  ],
  'kcpuid -r': [
    '0x00000002: EAX=0x00000001, EBX=0x00000000, EDX=0x00000000',
    '0x00000002: EAX=0x000000001, EBX=0x00000000, ECX=0x00000000, EDX=0x00000000',
    '2: EA',
    '0x00000002:',
    '0x0000',
    '0x00000002: EAX=1, EBX=0, ECX=0, EDX=0, more',
    '0x00000002 0x00: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000',
  ],
  InstLatx64: [
    'CPUID 00000002: 00000001-00000000-00000000',
    'CPUID 00000002: 000000001-00000000-00000000-00000000',
    'CPUID 000000002: 00000001-00000000-00000000-00000000',
    'CPUID 00000002: 00000001-00000000-00000000-0000000x',
    'CPUID 00000002: 00000001-00000000-00000000-00000000 more',
    'CPUID 00000002',
    'CPUID 0000',
    '0x00000002 0x00: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000',
  ],
}
for (const name of Object.keys(good) as (keyof typeof good)[]) {
  t.test(`${name}: a line that looks like a leaf and is none is a problem, not left out`, t => {
    t.same(problems(good[name]), [])
    const line = good[name].split('\n').length
    for (const bad of brokenLines[name]) {
      const [found = '', ...others] = problems(good[name] + bad)
      t.ok(found.startsWith(`${line}: `), bad)
      t.ok(found.endsWith(`; ${bad.trim()}`), bad)
      t.same(others, [])
      t.same(parseDump(good[name] + bad).cpus, [], 'nothing of such a file is taken')
    }
    t.end()
  })
}

t.test('a kcpuid subleaf whose leaf is not said', t => {
  const leaf = '0x00000001: EAX=0x1, EBX=0x0, ECX=0x0, EDX=0x0'
  const subleaf = '0: EAX=0x1, EBX=0x0, ECX=0x0, EDX=0x0'
  const expected = '`0xLEAF: subleafs:` before a subleaf'
  t.same(problems(`${leaf}\n  ${subleaf}\n`), [`2: ${expected}; ${subleaf}`])
  t.same(problems(`0x00000004: subleafs:\n ${subleaf}\n${leaf}\n ${subleaf}\n`), [
    `4: ${expected}; ${subleaf}`,
  ])
  t.end()
})

t.test('a leaf with two values in a CPU is a problem; with the same one it is not', t => {
  const leaf = (eax: number) => `0x0000000d 0x01: eax=0x${eax} ebx=0x0 ecx=0x0 edx=0x0\n`
  const expected = 'the values of line 2, which has subleaf 1 of 0x0000000d for the same CPU'
  t.same(problems(`CPU 0:\n${leaf(1)}${leaf(2)}`), [`3: ${expected}; ${leaf(2).trim()}`])
  t.same(problems(`CPU 0:\n${leaf(1)}CPU 0:\n${leaf(2)}`), [`4: ${expected}; ${leaf(2).trim()}`])
  t.same(outline(`CPU 0:\n${leaf(1)}${leaf(1)}`), ['0: d.1.1'])
  t.same(outline(`CPU 0:\n${leaf(1)}CPU 1:\n${leaf(2)}`), ['0: d.1.1', '1: d.1.2'])
  const kcpuid = (eax: number) => `0x00000001: EAX=0x${eax}, EBX=0x0, ECX=0x0, EDX=0x0\n`
  t.equal(problems(kcpuid(1) + kcpuid(2)).length, 1)
  const instlat = (eax: number) => `CPUID 00000004: ${eax}-0-0-0 [SL 01]\n`
  t.equal(problems(instlat(1) + instlat(2)).length, 1)
  t.end()
})

t.test('a text without a leaf', t => {
  const expected = 'a dump of CPUID as cpuid -r, kcpuid -r, InstLatx64 have it'
  for (const text of ['', ' \n\n', 'CPU 0:\n', '   vendor_id = "AuthenticAMD"\n', 'root:x:0:0\n']) {
    t.same(problems(text), [`-: ${expected}; -`])
    t.same(parseDump(text).cpus, [])
  }
  t.end()
})
