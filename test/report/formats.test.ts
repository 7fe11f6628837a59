import t from 'tap'
import { Parser, type Result } from 'tap-parser'
import { exampleRecord } from '../fixtures/record.js'
import {
  notRun,
  other,
  parseKcidb,
  records,
  writeRun as write,
  xmlErrors,
} from './format-readers.js'
import { parseKtap } from './ktap-parser.js'

const number = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`, 'g'))]
    .map(([, count]) => Number(count))
    .reduce((a, b) => a + b, 0)

t.test('of one run every format has the same counts, by a reader of its own', async t => {
  const expected = { total: 6, fail: 1, error: 1, skip: 3, pass: 1 }
  const ktap = parseKtap(await write('ktap')).flatMap(({ children }) => children)
  t.same(
    {
      total: ktap.length,
      fail: ktap.filter(({ ok, directive }) => !ok && directive === null).length,
      error: ktap.filter(({ ok, directive }) => !ok && directive !== null).length,
      skip: ktap.filter(({ directive }) => directive === 'SKIP').length,
      pass: ktap.filter(({ ok, directive }) => ok && directive === null).length,
    },
    expected,
    'ktap',
  )
  const points: { ok: boolean; skip: unknown; depth: number }[] = []
  const tap = new Parser({ strict: false })
  const listen = (parser: Parser, depth: number) => {
    parser.on('assert', ({ ok, skip }: Result) => points.push({ ok, skip, depth }))
    parser.on('child', (child: Parser) => {
      listen(child, depth + 1)
    })
  }
  listen(tap, 0)
  tap.end(await write('tap'))
  const leaves = points.filter(({ depth }) => depth === 1)
  t.same(
    [
      leaves.length,
      leaves.filter(({ ok }) => !ok).length,
      leaves.filter(({ skip }) => skip !== false && skip !== undefined).length,
    ],
    [expected.total, expected.fail + expected.error, expected.skip],
    'tap',
  )
  const xml = await write('junit')
  t.same(await xmlErrors(xml), [], 'junit')
  t.same(
    {
      total: number(xml, 'tests'),
      fail: number(xml, 'failures'),
      error: number(xml, 'errors'),
      skip: number(xml, 'skipped'),
    },
    { total: 6, fail: 1, error: 1, skip: 3 },
  )
  t.same(
    ['<testcase ', '<failure ', '<error ', '<skipped '].map(tag => xml.split(tag).length - 1),
    [6, 1, 1, 3],
    'and its cases are as many as its counts say',
  )
  const { tests } = parseKcidb(await write('kcidb'))
  const count = (...status: string[]) => tests.filter(each => status.includes(each.status)).length
  t.same(
    { total: tests.length, fail: count('FAIL'), error: count('ERROR'), pass: count('PASS') },
    { total: 6, fail: 1, error: 1, pass: 1 },
    'kcidb',
  )
  t.equal(count('SKIP', 'MISS'), expected.skip)
  t.match(await write('markdown'), /^### guise: 1 pass, 1 fail, 1 skip, 1 error, 2 left out$/m)
})

t.test('a run that was cut short is no good one in any format', async t => {
  const cut = { records: records.slice(0, 1), notRun: [], total: 3 }
  t.throws(() => parseKtap('KTAP version 1\n1..1\n'), /planned 1, got 0/)
  const ktap = await write('ktap', cut)
  t.throws(() => parseKtap(ktap), /planned 3, got 1/)
  t.match(ktap, /^not ok 1 6\.1\.176/m)
  t.match(ktap, /# .*2 of 3 have no record: the run was cut short$/m)
  const xml = await write('junit', cut)
  t.same(await xmlErrors(xml), [])
  t.equal(number(xml, 'errors'), 1)
  t.match(xml, /message="the run was cut short: 2 of 3 guests have no record"/)
  const { tests } = parseKcidb(await write('kcidb', cut))
  t.match(tests, [
    { status: 'PASS', path: 'guise.kvm-no-features' },
    { status: 'MISS', path: 'guise', comment: /cut short: 2 of 3/ },
  ])
  t.match(
    await write('markdown', cut),
    /^\*\*Not whole\*\*: 2 of 3 guests have no record: `the run was cut short`\.$/m,
  )
  for (const format of ['ktap', 'junit', 'kcidb', 'markdown'] as const) {
    t.notMatch(await write(format, { records, notRun }), /cut short/, format)
  }
})

t.test('a run of no guest that came is told, and valid', async t => {
  const none = { records: [], notRun: [], total: 2 }
  const xml = await write('junit', none)
  t.same(await xmlErrors(xml), [])
  t.equal(number(xml, 'errors'), 1)
  t.same(parseKcidb(await write('kcidb', none)).tests, [])
  t.match(await write('ktap', none), /2 of 2 have no record: the run was cut short/)
})

t.test('KTAP: what is to be said of a result stands before it, and names have no #', async t => {
  const [first, second] = parseKtap(await write('ktap'))
  t.match(first, {
    ok: true,
    name: '6.1.176 (6.1.0-50-cloud-amd64)',
    children: [
      { ok: true, name: 'kvm-no-features', directive: null },
      { ok: true, name: 'kvm', directive: 'SKIP', reason: /^needs a\]\]>/ },
    ],
  })
  t.same(first?.children[0]?.diagnostics, [], 'of what passed nothing is to be said')
  t.match(second, { ok: false, name: '6.12.1 (6.12.1-a)' })
  t.match(second?.children, [
    {
      ok: false,
      name: 'hyperv',
      diagnostics: [
        /^tcg: /,
        /\\x1b\[31m\\x00.*\\xand|\\x0anot ok 9 - mine$/,
        'and another',
        /^kernel said: /,
        /^console log: /,
        /^run again: guise run /,
        'console: ``` the \\x1b[31mlast line',
        'console: </details>',
        'console: 1..7',
      ],
    },
    { ok: false, name: 'xen', directive: 'TIMEOUT', reason: 'late' },
    { ok: true, name: 'vmware', directive: 'SKIP', reason: 'not run, for --fail-fast' },
    { ok: true, name: 'acrn', directive: 'SKIP' },
  ])
  const odd = { ...other, release: '6#1', sha256: 'ef' }
  const [renamed] = parseKtap(
    await write('ktap', { records: [exampleRecord({ kernel: odd })], notRun: [], total: 1 }).then(
      text => text.replace('1..2', '1..1'),
    ),
  )
  t.equal(renamed?.name, '6.12.1 (6_1)')
})

t.test('JUnit: properties say of what and by what', async t => {
  const xml = await write('junit')
  t.match(xml, /<testsuite name="6\.12\.1 \(6\.12\.1-a\)"/)
  for (const [name, value] of [
    ['kernel', 'debian:bookworm'],
    ['qemu', '7.2.22'],
    ['accelerator', 'tcg'],
    ['results', '/out'],
  ] as const) {
    t.ok(xml.includes(`<property name="${name}" value="${value}"/>`), name)
  }
  t.match(xml, /timestamp="2026-11-25T12:00:00"/)
  t.match(xml, /<testcase name="hyperv" classname="guise\.6_12_1" time="\d+\.\d{3}">/)
  t.notMatch(xml, /[\p{Cf}\ufffe]|(?!\n)\p{Cc}/u, 'no character that XML has not')
  t.notMatch(xml, /<b>/)
})

t.test('Markdown: what a guest says is no markup', async t => {
  const text = await write('markdown')
  t.match(text, /^\| `6\.1\.176 \(6\.1\.0-50-cloud-amd64\)` \| 1 \| 0 \| 1 \| 0 \| 0 \|$/m)
  t.match(text, /^#### fail: `hyperv` on `6\.12\.1`$/m)
  // Outside of code there is no `<` but that of guise's own folds.
  const bare = text
    .replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '')
    .replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
    .replaceAll(/<\/?details>|<\/?summary>/g, '')
  t.notMatch(bare, /[<>]|last line|mine/)
  const many = Array.from({ length: 60 }, (_, index) =>
    exampleRecord({ scenario: `s-${index}`, verdict: 'fail', why: ['no'] }),
  )
  const cut = await write('markdown', { records: many, notRun: [], total: 60 })
  t.equal(cut.split('\n#### fail: ').length - 1, 50)
  t.match(cut, /^10 more did not pass\.$/m)
})
