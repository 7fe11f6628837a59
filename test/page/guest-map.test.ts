import t from 'tap'
import { validateXML } from 'xmllint-wasm'
import { guestMap } from '../../runner/page/guest-map.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

type Interface = GuiseRecord['interfaces'][number]

const zero = '0x00000000'
const leaf = (leaf: string, eax: string, ebx: string, ecx: string, edx: string) => ({
  leaf,
  subleaf: 0,
  eax,
  ebx,
  ecx,
  edx,
})
/** Hyper-V at 0x40000000, KVM at 0x40000100. */
const cpuid: GuiseRecord['cpuid'] = {
  asked: [],
  got: [
    {
      cpu: 0,
      leaves: [
        leaf('0x00000000', '0x0000000d', '0x68747541', '0x444d4163', '0x69746e65'),
        leaf('0x00000001', '0x00000f00', zero, '0x80000000', zero),
        leaf('0x40000000', '0x40000006', '0x7263694d', '0x666f736f', '0x76482074'),
        leaf('0x40000001', '0x31237648', zero, zero, zero),
        leaf('0x40000003', '0x00000060', zero, zero, zero),
        leaf('0x40000100', '0x40000101', '0x4b4d564b', '0x564b4d56', '0x0000004d'),
      ],
    },
  ],
}
const interfaces: Interface[] = [
  { id: 'identity.kvm', class: 'exclusive', owner: 'kvm', offered: 'a', adopted: 'b' },
  { id: 'identity.hyperv', class: 'exclusive', owner: 'hyperv', offered: 'a', adopted: null },
  { id: 'clock.tsc', class: 'independent', owner: 'platform', offered: 'a', adopted: 'b' },
  { id: 'timer.pit', class: 'independent', owner: 'platform', offered: 'a', adopted: null },
]
const record = exampleRecord({ cpuid, interfaces })
const textOf = (svg: string) =>
  svg
    .replaceAll(/<title[^>]*>[^<]*<\/title>/g, '')
    .replaceAll(/<[^>]*>/g, '\n')
    .replaceAll(/\s*\n\s*/g, '\n')

t.test('who sits where, which probe took which, what was taken up of whom', async t => {
  const svg = guestMap(record)
  const { valid, errors } = await validateXML({
    xml: { fileName: 'map.svg', contents: svg },
    normalization: 'format',
  } as never)
  t.same([valid, errors], [true, []])
  const text = textOf(svg)
  t.match(text, /\n0x40000000 {2}“Microsoft Hv”\n7 leaves\n0x40000100 {2}“KVMKVMKVM”\n2 leaves\n/)
  t.match(
    text,
    /\nKVM\nreturns 0x40000100: it is this one\nMicrosoft Hyper-V\nreturns 0x40000000\n/,
  )
  t.match(
    text,
    /\nKVM\nidentity\.kvm \(exclusive\)\nMicrosoft Hyper-V\nidentity\.hyperv: offered, left alone\nthe platform\nclock\.tsc \(independent\)\n/,
  )
  t.notMatch(text, 'timer.pit', 'what a platform has is no story')
  t.equal(
    svg.split('<path ').length - 1,
    4,
    'from leaves to probes, and from probes to what was taken up',
  )
  t.equal(svg.split('stroke-dasharray="none"').length - 1, 3, 'what lost is dashed')
  t.notMatch(svg, /(?:href|src|style|on[a-z]+)=|<script|<foreignObject/i)
})

t.test('one that was shown nothing, one that was never started, and hostile words', t => {
  const bare = textOf(
    guestMap(
      exampleRecord({
        interfaces: [],
        cpuid: { asked: [], got: [] },
        identity: { hypervisor: null, paravirt: null, sysfsType: null },
      }),
    ),
  )
  t.match(bare, /none of a hypervisor\nno probe finds a signature\nnothing of a hypervisor/)
  t.match(
    textOf(
      guestMap(exampleRecord({ outcome: null, verdict: 'skip', why: ['no'], interfaces: [] })),
    ),
    /no guest was started/,
  )
  const hostile = `</svg><script>alert(1)</script>${'x'.repeat(200)}\u001b`
  const svg = guestMap(
    exampleRecord({
      cpuid,
      interfaces,
      identity: { hypervisor: hostile, paravirt: null, sysfsType: null },
      kernel: { ...record.kernel, version: hostile },
    }),
  )
  t.notMatch(svg, /<script|(?!\n)\p{Cc}/u)
  t.equal(svg.split('</svg>').length, 2)
  t.notMatch(textOf(svg), 'it is this one')
  t.end()
})

t.test('of many interfaces the rest are counted', t => {
  const many = Array.from({ length: 12 }, (): Interface => ({ ...(interfaces[0] as Interface) }))
  t.match(textOf(guestMap(exampleRecord({ cpuid, interfaces: many }))), /\nand 4 more\n/)
  const nine = many.slice(0, 9)
  t.notMatch(textOf(guestMap(exampleRecord({ cpuid, interfaces: nine }))), 'more')
  t.end()
})
