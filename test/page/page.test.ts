import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { makePage } from '../../runner/page/page.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

process.env.GUISE_COMMAND = 'guise'

const { kernel } = exampleRecord()
const of612 = { ...kernel, version: '6.12.118', release: '6.12.118', sha256: 'cd' }
const hostile = '</script><script>alert(1)</script>"\'<!-- \u001b[31m \u202e </pre> &amp;'
const zero = '0x00000000'
const seen = (eax: string): GuiseRecord['cpuid'] => ({
  asked: [],
  got: [
    {
      cpu: 0,
      leaves: [
        // "KVMKVMKVM"
        {
          leaf: '0x40000000',
          subleaf: 0,
          eax,
          ebx: '0x4b4d564b',
          ecx: '0x564b4d56',
          edx: '0x0000004d',
        },
        { leaf: '0x40000001', subleaf: 0, eax: '0x00000009', ebx: zero, ecx: zero, edx: zero },
      ],
    },
  ],
})
const instructions = { firmware: 1, unpacked: 100, detected: 200, init: 400, report: 500 }
const records = [
  exampleRecord({ cpuid: seen('0x40000001'), instructions }),
  exampleRecord({ cpuid: seen('0x40000001'), instructions, kernel: of612 }),
  exampleRecord({
    scenario: 'other',
    verdict: 'fail',
    why: [hostile],
    log: [hostile],
    kernelSaid: [hostile],
  }),
  exampleRecord({
    scenario: 'other',
    kernel: { ...of612, banner: hostile },
    identity: { hypervisor: hostile, paravirt: null, sysfsType: null },
    clocksource: { current: hostile, available: [hostile], settled: true },
  }),
]

function page(changes: Partial<Parameters<typeof makePage>[0]> = {}) {
  return makePage({
    records,
    missing: [],
    consoleOf: () => Buffer.from(`${hostile}\r\nthe end\r\n`),
    ...changes,
  })
}

/** Without the blanks that are of no weight. */
const flat = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll(/ ?([<>]) ?/g, '$1')

/** The parts of a guest, by their headings. */
function details(text: string, id: string): Record<string, string> {
  const packed = new RegExp(`id="${id}">([A-Za-z0-9+/=]*)</script>`).exec(text)?.[1] ?? ''
  const parts = JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as [
    string,
    string,
  ][]
  return Object.fromEntries(parts.map(([heading, text]) => [heading, text]))
}

t.test('what a guest says is text: two scripts of the page’s own, and data', t => {
  const text = page()
  const scripts = [...text.matchAll(/<script([^>]*)>/g)].map(([, attributes]) => attributes ?? '')
  t.same(
    scripts.filter(attributes => !attributes.includes('type="application/octet-stream"')),
    [''],
    'one of them is a program',
  )
  t.equal(scripts.length, 5)
  t.notMatch(text, '<script>alert')
  t.notMatch(text, /\p{Cf}|(?!\n)\p{Cc}/u)
  t.equal(text.split('</table>').length, 3, 'and its tables end where they end')
  t.notMatch(text, /<[a-z][^>]* (?:src|href|style|on[a-z]+)=/, 'it loads nothing')
  t.end()
})

t.test('the browser runs that script and takes that style alone', t => {
  const text = page()
  for (const [name, directive] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ] as const) {
    const own = new RegExp(`<${name}>([^]*?)</${name}>`).exec(text)?.[1] ?? ''
    const digest = createHash('sha256').update(own).digest('base64')
    t.ok(text.includes(`${directive} 'sha256-${digest}'`), name)
  }
  t.match(text, /default-src 'none'/)
  t.end()
})

t.test('the matrix, and what each cell holds', t => {
  const text = flat(page())
  t.match(text, /<h1>guise: 3 pass, 1 fail, 0 skip, 0 error<\/h1>/)
  t.match(text, /data-name="kvm-no-features" data-verdicts="pass" data-differs="no"/)
  t.match(text, /data-name="other" data-verdicts="fail pass" data-differs="yes"/)
  t.match(text, /<td class="fail"><button[^>]*data-cell="c1-0"[^>]*>FAIL KVM, tsc<\/button>/)
  t.match(text, /<td class="same"><button[^>]*data-cell="c0-1"[^>]*>=<\/button>/)
  const own = details(text, 'c0-0')
  t.match(own['The guest’s story'], /^kvm-no-features on 6\.1\.176 /)
  t.match(
    own['CPUID as the guest saw it'],
    /^0x40000000\.0 {2}eax=0x40000001 [^]*signature "KVMKVMKVM"[^]*^0x40000001\.0 [^\n]*\n[^]*CLOCKSOURCE/m,
  )
  t.match(own.Interfaces, /^identity\.kvm \(exclusive, kvm\)\n {4}offered: KVMKVMKVM/m)
  t.match(own.Map, /^<svg xmlns=/)
  t.match(own['Run it again'], /^guise run /)
  t.match(own.QEMU, /^env LD_PRELOAD=/)
  t.match(own.Console, /<script>alert\(1\)[^]*\\x1b\[31m[^]*\nthe end$/)
  const changed = details(text, 'c1-1')
  t.match(changed['What differs from the kernel before'], /^\+ clocksource current <\/script>/m)
  t.end()
})

t.test('plots: where leaves lie, clock sources, what booting costs', t => {
  const text = flat(page())
  t.match(text, /<title>KVMKVMKVM at 0x40000000, 2 leaves<\/title>/)
  t.match(text, /1: kvm-no-features/)
  t.match(text, /<th scope="row">KVM<\/th><td class="none">tsc 2<\/td><td class="none">tsc 1<\/td>/)
  t.match(text, /medians of 1 scenarios/)
  t.match(text, /6\.1\.176[^:]*: 500; 6\.12\.118[^:]*: 500<\/title>/)
  const bare = page({ records: [exampleRecord({ outcome: null, verdict: 'skip', why: ['no'] })] })
  t.notMatch(bare, /What booting costs|Where hypervisors|Clock sources/)
  t.end()
})

t.test('a run that was cut short, and a console that is long', t => {
  const missing = ['2 guests have no record: the run was <b>cut short.']
  t.match(page({ missing }), /<strong>Not whole:<\/strong> 2 guests .* &#60;b&#62;cut short\./)
  t.notMatch(page(), 'Not whole')
  const long = page({ consoleOf: () => Buffer.from(`first\n${'x'.repeat(300_000)}\nlast\n`) })
  const { Console = '' } = details(long, 'c0-0')
  t.match(Console, /^\(the last 262144 bytes\)\nx[^]*\nlast$/)
  t.equal(details(page({ consoleOf: () => null }), 'c0-0').Console, undefined)
  t.end()
})
