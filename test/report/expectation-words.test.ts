import t from 'tap'
import * as z from 'zod'
import { conditionInWords, expectationRows } from '../../runner/report/expectation-words.js'
import { type Expectation, expectationSchema } from '../../runner/scenario/expectation-schema.js'

type Schema = z.core.JSONSchema.BaseSchema

// What a value must look like where its pattern is too much to make one from.
const samples: Readonly<Record<string, string>> = {
  'when.kernel': '>=5.16',
  'when.qemu': '>=7.2',
  'drivers.device': '15ad:07c0',
  'drivers.class': '0106',
  'topology.siblings': '4-5',
  'caches.sharedBy': '6-7',
}
// What must stand beside a field, or it is refused.
const beside: Readonly<Record<string, object>> = {
  'died-in': { outcome: 'oops' },
  'stuck-in': { outcome: 'hang' },
}

interface Sample {
  /** The field's path, such as `cpu.family`. */
  readonly field: string
  /** An expectation of nothing but that field, or a part of one. */
  readonly value: unknown
  /** What of it the words must have. */
  readonly told: string
}

/** A sample for each field of a schema, however deep; of a list of words one word. */
function samplesOf(schema: Schema, path: readonly string[] = []): Sample[] {
  const field = path.join('.')
  if (schema.enum !== undefined)
    return schema.enum.map(value => ({ field, value, told: String(value) }))
  switch (schema.type) {
    case 'object': {
      const { properties, additionalProperties } = schema
      if (properties === undefined)
        return samplesOf(additionalProperties as Schema, [...path]).map(({ value, told }) => ({
          field,
          value: { mds: value },
          told,
        }))
      return Object.entries(properties).flatMap(([name, inner]) =>
        samplesOf(inner as Schema, [...path, name]).map(sample => ({
          ...sample,
          value: { [name]: sample.value },
        })),
      )
    }
    case 'array':
      return samplesOf(schema.items as Schema, path).map(sample => ({
        ...sample,
        value: [sample.value],
      }))
    case 'integer':
      return [{ field, value: 4242, told: '4242' }]
    case 'string': {
      const text = samples[field] ?? 'word'
      return [{ field, value: text, told: text }]
    }
    default:
      throw new Error(
        `${field}: expected a type that this test knows, got ${JSON.stringify(schema)}`,
      )
  }
}

const all = samplesOf(z.toJSONSchema(expectationSchema, { io: 'input' }))

function completed({ field, value }: Sample): Expectation {
  const driver = field.startsWith('drivers')
    ? {
        drivers: [
          { device: '15ad:07c0', driver: 'e1000', ...(value as { drivers: object[] }).drivers[0] },
        ],
      }
    : {}
  const cache =
    field.startsWith('caches') && field !== 'caches.level'
      ? { caches: [{ level: 3, ...(value as { caches: object[] }).caches[0] }] }
      : {}
  return expectationSchema.parse({ ...(value as object), ...beside[field], ...driver, ...cache })
}

t.test('every field of an expectation has words that tell its value', t => {
  const nothing = expectationSchema.parse({})
  const fields = new Set(all.map(({ field }) => field))
  t.ok(fields.size > 50, `${fields.size} fields`)
  for (const sample of all) {
    const expected = completed(sample)
    const { field, told } = sample
    const rows = expectationRows(expected).map(({ label, text }) => `${label}: ${String(text)}`)
    const lines = [conditionInWords(expected, 'first'), ...rows]
    const before = expectationRows(nothing).map(({ label, text }) => `${label}: ${String(text)}`)
    // The reason stands above the rows.
    if (field === 'why') continue
    if (field === 'outcome') {
      t.match(rows[0], /^outcome: (?:the guest|the kernel|the firmware|QEMU|KVM) \w+/, told)
      continue
    }
    t.not(lines.join('\n'), ['in any case', ...before].join('\n'), `${field} is told`)
    t.match(lines.join('\n'), told, `${field}: ${told}`)
    t.notMatch(lines.join('\n'), 'undefined')
  }
  t.end()
})

t.test('outcomes are told apart', t => {
  const words = all
    .filter(({ field }) => field === 'outcome')
    .map(sample => String(expectationRows(completed(sample))[0]?.text))
  t.equal(new Set(words).size, words.length)
  t.end()
})

function told(expected: z.input<typeof expectationSchema>): string[] {
  return expectationRows(expectationSchema.parse(expected)).map(
    ({ label, text }) => `${label}: ${String(text)}`,
  )
}

t.test('what is expected not to be', t => {
  t.same(told({ hypervisor: 'none', 'sysfs-type': 'none' }), [
    'outcome: the guest comes up and reports',
    'hypervisor: the kernel detects no hypervisor',
    'sysfs-type: there is no /sys/hypervisor/type',
  ])
  t.same(told({ breaks: [], bugs: { is: [] }, caches: [{ level: 3, count: 0 }] }), [
    'outcome: the guest comes up and reports',
    'bugs: there is none',
    'breaks: no rule of any sane kernel is broken',
    'caches: there is no cache of level 3',
  ])
  t.same(told({ drivers: [{ device: '15ad:0405', class: '03', driver: 'none' }] }).slice(1), [
    'drivers: each device 15ad:0405 of class 03 has no driver, and there is one',
  ])
  t.same(
    told({ log: { has: ['a'], lacks: ['/b+/'] }, flags: { lacks: ['aes', 'avx'] } }).slice(1),
    ['flags: there are none of aes and avx', 'log: a line has `a`', 'log: no line matches /b+/'],
  )
  t.end()
})

t.test('conditions', t => {
  const when = { kernel: '>=5.16', fidelity: 'cpuid', qemu: '>=7' } as const
  t.equal(
    conditionInWords(expectationSchema.parse({ when }), 'later'),
    'when the kernel is >=5.16, the fidelity is cpuid and QEMU is >=7',
  )
  t.equal(conditionInWords(expectationSchema.parse({}), 'later'), 'otherwise')
  t.end()
})
