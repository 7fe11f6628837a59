import t from 'tap'
import { unmetSanity } from '../../runner/judge/unmet-sanity.js'

const broken = [
  { rule: 'warning', shown: 'WARNING: a', mayBeAsked: false },
  { rule: 'firmware-bug', shown: '[Firmware Bug]: b', mayBeAsked: true },
] as const

const told = (
  breaks: Parameters<typeof unmetSanity>[0],
  rules: Parameters<typeof unmetSanity>[1],
) => unmetSanity(breaks, rules).map(({ field, want, got }) => `${field}: want ${want}, got ${got}`)

t.test('rules that are broken though nobody asked', t => {
  t.same(told(undefined, { broken: [] }), [])
  t.same(told(undefined, { broken }), ['breaks: want none, got warning: WARNING: a'])
  t.same(told([], { broken }), [
    'breaks: want none, got warning: WARNING: a',
    'breaks: want none, got firmware-bug: [Firmware Bug]: b',
  ])
  t.end()
})

t.test('rules that a scenario breaks', t => {
  t.same(told(['warning', 'firmware-bug'], { broken }), [])
  t.same(told(['warning', 'firmware-bug', 'apic-id'], { broken }), [
    'breaks: want apic-id, got it is kept',
  ])
  t.end()
})
