import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import t from 'tap'
import { differencesBetween } from '../../runner/baseline/difference.js'
import { parseFact } from '../../runner/baseline/fact.js'
import {
  ignoreFile,
  parseIgnoreRules,
  readIgnoreRules,
  withoutIgnored,
} from '../../runner/baseline/ignore.js'
import { differenceLines, ignoredLines } from '../../runner/baseline/text.js'
import { exampleRecord } from '../fixtures/record.js'

const before = ['flag pni', 'flag smep', 'log x86/fpu: a', 'clocksource current tsc'].map(parseFact)
const now = ['flag pni', 'flag smap', 'log x86/fpu: b', 'clocksource current hpet'].map(parseFact)
const differences = differencesBetween(before, now)

function left(rules: string, record = exampleRecord()) {
  const result = withoutIgnored(differences, parseIgnoreRules(rules, 'ignore.yaml'), record)
  return { lines: differenceLines(result.differences), ignored: ignoredLines(result.ignored) }
}

t.test('a rule takes what it names, and its reason is shown', t => {
  t.same(left("- { facts: 'flag smep', reason: old }\n"), {
    lines: [
      '- clocksource current tsc',
      '+ clocksource current hpet',
      '+ flag smap',
      '- log x86/fpu: a',
      '+ log x86/fpu: b',
    ],
    ignored: ['ignored: 1 difference: - flag smep (ignore.yaml:1: old)'],
  })
  t.same(
    left(
      "# why\n- { facts: 'log x86/fpu: *', reason: words }\n- { facts: '/^(flag|clock)/', reason: all }\n",
    ),
    {
      lines: [],
      ignored: [
        'ignored: 4 differences: - clocksource current tsc and 3 more (ignore.yaml:3: all)',
        'ignored: 2 differences: - log x86/fpu: a and 1 more (ignore.yaml:2: words)',
      ],
    },
  )
  t.equal(left("- { facts: 'flag sm', reason: x }\n").lines.length, 6, 'a line, and no part of one')
  t.end()
})

t.test('a rule holds for its scenarios, and where its conditions do', t => {
  for (const [more, count] of [
    ['scenarios: kvm-*', 0],
    ['scenarios: hyperv-*', 6],
    ['when: { kernel: ">=6.1 <6.2" }', 0],
    ['when: { kernel: ">=6.2" }', 6],
    ['when: { fidelity: cpuid, vendor: AuthenticAMD }', 0],
    ['when: { fidelity: kvm }', 6],
    ['when: { qemu: ">=8" }', 6],
  ] as const) {
    t.equal(left(`- { facts: '*', reason: x, ${more} }\n`).lines.length, count, more)
  }
  t.end()
})

t.test('what is no rule is told with its place', t => {
  for (const [text, message] of [
    [
      '- { fact: x, reason: y }\n',
      /^i:1:3: \[0\]\.facts: expected .*got nothing\ni:1:3: \[0\]: unknown field `fact`; did you mean `facts`\?$/,
    ],
    [
      '- facts: x\n  reason: ""\n',
      /^i:2:11: \[0\]\.reason: expected why such a difference is none, got `""`$/,
    ],
    [
      '- facts: x\n  reason: " "\n',
      /^i:2:11: \[0\]\.reason: expected why such a difference is none, got /,
    ],
    [
      '- { facts: "/(/", reason: y }\n',
      /^i:1:12: \[0\]\.facts: expected a regular expression of RE2's syntax/,
    ],
    ['facts: x\n', /^i:1:1: expected a list of rules/],
    ['- [\n', /^i:\d+:\d+: expected valid YAML/],
    [
      '- { facts: x, reason: y, when: { kernel: 6.1 } }\n',
      /^i:1:42: \[0\]\.when\.kernel: expected in quotes/,
    ],
    [
      "- { facts: x, reason: y, scenarios: '@vmware' }\n",
      /^i:1:\d+: \[0\]\.scenarios: expected a name or a glob, and no group, got `'@vmware'`$/,
    ],
    ['['.repeat(200), /^i:1:1: expected a few levels of YAML/],
  ] as const) {
    t.throws(() => parseIgnoreRules(text, 'i'), message, text)
  }
  t.same(parseIgnoreRules('# nothing\n', 'i'), [])
  const folder = t.testdir()
  t.same(readIgnoreRules(folder), [])
  writeFileSync(join(folder, ignoreFile), Buffer.from([0x2d, 0xff, 0xfe]))
  t.throws(() => readIgnoreRules(folder), /expected rules of what to ignore, got: no text/)
  t.end()
})
