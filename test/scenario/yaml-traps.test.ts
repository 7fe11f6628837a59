import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { parseScenarioFile } from '../../runner/scenario/parse.js'
import { formatProblem, formatProblems } from '../../runner/scenario/problem.js'
import { loadScenarios } from '../../runner/scenario/load.js'
import { logPatternMatcher } from '../../runner/scenario/log-pattern.js'
import { readTextFile } from '../../runner/scenario/text-file.js'

const head = 'name: a\nsummary: s\nsource: s\nexpect: [{ outcome: reported }]\n'

function problemsOf(text: string): string[] {
  return parseScenarioFile(text, 'f').problems.map(formatProblem)
}

function one(yaml: string): string {
  const problems = problemsOf(head + yaml)
  return problems.length === 1 ? (problems[0] ?? '') : problems.join('\n') || 'no problem'
}

t.test('numbers that are written in another way than kernel developers do', t => {
  const leaf = (number: string) =>
    one(`hypervisor-leaves: listed\ncpuid: [{ leaf: ${number}, eax: 1 }]\n`)
  t.match(leaf('80000008'), /^f:6:17: leaf: expected .*0x80000008, got `80000008`$/)
  t.match(leaf('1073741824'), /such as 0x40000000, got `1073741824`$/)
  t.match(leaf('010'), /got `010`$/)
  t.match(one('machine: { memory: 0512 }'), /expected a number without leading zeros, got `0512`$/)
  t.match(leaf('1e9'), /got `1e9`$/)
  t.match(leaf('0o17'), /got `0o17`$/)
  t.equal(leaf('0x80000008'), 'no problem')
  t.equal(leaf('13'), 'no problem')
  const eax = (number: string) =>
    one(`hypervisor-leaves: listed\ncpuid: [{ leaf: 0x40000000, eax: ${number} }]\n`)
  t.match(eax('40000010'), /eax: expected 0x before hexadecimal digits.*, got `40000010`$/)
  t.match(eax('0o17'), /got `0o17`$/)
  t.match(eax('-1'), /^f:6:34: cpuid\[0\]\.eax: expected a 32-bit value .*, got `-1`$/)
  t.equal(eax('2000000'), 'no problem')
  t.match(one('cpuid: [{ range: [40000000, 0x400000ff], remove: true }]'), /got `40000000`/)
  t.match(one('machine: { memory: 1e3 }'), /memory: expected a plain whole number, got `1e3`$/)
  t.end()
})

t.test('aliases, keys, tags and directives', t => {
  t.match(one('groups: *none'), /^f:5:9: groups: expected an alias whose anchor .*, got `\*none`$/)
  t.match(one('groups: &a [*a]'), /expected an alias of what it is no part of, got `\*a`/)
  const bomb = Array.from({ length: 30 }, (_, level) =>
    level === 0 ? 'x0: &x0 [a]' : `x${level}: &x${level} [*x${level - 1}, *x${level - 1}]`,
  )
  t.match(one(bomb.join('\n')), /expected fewer aliases of aliases/)
  t.match(one(`groups: [&a a${', *a'.repeat(200)}]`), /expected at most 100 aliases/)
  t.match(one('groups: [&a a, *a]'), 'no problem')
  t.match(one('summary: t'), /^f:5:1: expected each key once, got `summary`$/)
  t.match(
    one('expect: [{ vulnerabilities: { __proto__: x } }]'),
    /expected another name, got `__proto__`$/,
  )
  t.match(one('groups: !secret [a]'), /expected no more than YAML's core/)
  t.match(problemsOf(`%YAML 1.1\n---\n${head}`).join(), /expected YAML 1\.2/)
  t.match(problemsOf('['.repeat(20_000)).join(), /expected a few levels of YAML/)
  const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`)
  t.match(one(`${many(200_000).join(': 1\n')}: 1\n`), /expected at most 1000 entries/)
  t.match(one(`groups: [${many(200_000).join()}]`), /expected at most 1000 entries/)
  t.match(
    problemsOf('---\na: 1e3\n'.repeat(4000)).join(),
    /expected at most 1000 scenarios, got 4000/,
  )
  t.end()
})

t.test('an unknown field names the one that is meant', t => {
  t.match(one('sumary: x'), /^f:5:9: unknown field `sumary`; did you mean `summary`\?$/)
  t.match(one('machine: { cpu: 2 }'), /machine: unknown field `cpu`; did you mean `cpus`/)
  t.match(one('zzzzzzzz: 2'), /unknown field `zzzzzzzz`; expected one of the fields name, /)
  t.end()
})

t.test('nothing of a file reaches a terminal raw, and no more than a short piece of it', t => {
  const [problem = ''] = problemsOf(`${head}groups: "\u001b[31m${'x'.repeat(1e6)}"\n`)
  t.match(problem, '\\x1b[31m')
  t.notMatch(problem, /\p{Cc}/u)
  t.ok(problem.length < 200)
  t.end()
})

t.test('a name that is too long for a file', t => {
  t.match(problemsOf(head.replace('name: a', `name: ${'a'.repeat(242)}`)), [
    /name: expected a name of at most 100 characters/,
  ])
  t.end()
})

t.test('thousands of problems: the first ones, and how many more', t => {
  const fields = Array.from({ length: 200 }, (_, index) => `field${index}: 1\n`)
  const { problems } = parseScenarioFile(head + fields.join(''), 'f')
  t.equal(problems.length, 200)
  const lines = formatProblems(problems).split('\n')
  t.equal(lines.length, 51)
  t.equal(lines.at(-1), 'and 150 more problems')
  t.end()
})

t.test('what is no text file is refused, and never waited for', t => {
  const folder = t.testdir({ fine: '\ufeffname: a\n', bad: Buffer.from([0x61, 0xff]), nul: 'a\0b' })
  execFileSync('mkfifo', [join(folder, 'fifo')])
  t.equal(readTextFile(join(folder, 'fine')), 'name: a\n')
  const refused: [string, RegExp][] = [
    [folder, /no regular file|EISDIR/],
    ['/dev/zero', /no regular file/],
    [join(folder, 'fifo'), /no regular file/],
    [join(folder, 'bad'), /not valid UTF-8/],
    [join(folder, 'nul'), /byte 1 is NUL/],
  ]
  for (const [path, says] of refused) {
    t.throws(() => readTextFile(path), says)
    t.throws(() => loadScenarios([path]), says)
  }
  t.end()
})

t.test('a regular expression takes time as the text is long, whatever it is', t => {
  const matches = logPatternMatcher('/^(a+)+$/')
  t.notOk(matches(`${'a'.repeat(10_000)}!`))
  t.ok(matches('aaa'))
  t.ok(logPatternMatcher('/detected: (KVM|Xen)/')('Hypervisor detected: Xen'))
  t.throws(() => logPatternMatcher('/(a)\\1/'))
  t.throws(() => logPatternMatcher(`/${'a'.repeat(501)}/`))
  t.match(
    problemsOf(head.replace('outcome: reported', "log: { has: ['/(?=a)/'] }")).join('\n'),
    /^f:4:\d+: expect\[0\]\.log\.has\[0\]: expected a regular expression of RE2's syntax/,
  )
  t.end()
})

t.test('log patterns that could never be found', t => {
  const pattern = (text: string) =>
    problemsOf(`name: a\nsummary: s\nsource: s\nexpect: [{ log: { lacks: [${text}] } }]\n`).join()
  t.match(pattern("'/xen hvm/i'"), /expected no letters behind the second slash: \(\?i\)/)
  t.match(pattern('"a\\nb"'), /expected a text in one line/)
  t.equal(pattern("'/(?i)xen hvm/'"), '')
  t.equal(pattern("'/dev/sda'"), '')
  t.equal(pattern("'/\\/xen\\/i/'"), '')
  t.end()
})
