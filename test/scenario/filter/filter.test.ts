import t from 'tap'
import { scenariosFolder } from '../../../runner/paths.js'
import { filterScenarios } from '../../../runner/scenario/filter/filter.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'
import type { Scenario } from '../../../runner/scenario/scenario.js'
import { parseScenario } from '../../fixtures/scenario.js'

function scenario(name: string, groups: string[], yaml: string): Scenario {
  return { ...parseScenario(yaml), name, groups }
}

const kvm = 'hypervisor-leaves: listed\ncpuid: [{ hypervisor: kvm }]\nexpect: [{ hypervisor: KVM }]'
const all = [
  scenario('kvm', ['kvm', 'starter'], `needs: { fidelity: kvm }\nexpect: [{ hypervisor: KVM }]`),
  scenario('kvm-leaves', ['kvm'], kvm),
  scenario('both', ['kvm', 'mix'], kvm.replace(']', ', { hypervisor: hyperv, base: 0x40000100 }]')),
  scenario('hv', ['hyperv'], 'expect: [{ hypervisor: Microsoft Hyper-V }, { hypervisor: none }]'),
  scenario('bare', [], ''),
]

const named = (expression: string) => filterScenarios(all, expression).map(({ name }) => name)

for (const [expression, names] of [
  ['name = kvm', ['kvm']],
  ["name = 'kvm'", ['kvm']],
  ['name="kvm"', ['kvm']],
  ['name == kvm', ['kvm']],
  ['name != kvm', ['kvm-leaves', 'both', 'hv', 'bare']],
  ['name ~ kvm*', ['kvm', 'kvm-leaves']],
  ['name ~ k?m', ['kvm']],
  ['name ~ "[!k]*"', ['both', 'hv', 'bare']],
  ['name ~ /v/', ['kvm', 'kvm-leaves', 'hv']],
  ['name ~ /(?i)^B/', ['both', 'bare']],
  ['name ~ nosuch* or name = hv', ['hv']],
  ['name !~ kvm*', ['both', 'hv', 'bare']],
  ['group = kvm', ['kvm', 'kvm-leaves', 'both']],
  ['group != kvm', ['hv', 'bare']],
  ['not group ~ *', ['bare']],
  ['group = kvm and group = mix', ['both']],
  ['group = mix or group = starter', ['kvm', 'both']],
  ['group = starter | group = hyperv & hypervisor = none', ['kvm', 'hv']],
  ['(group=starter or group=hyperv) and hypervisor=none', ['hv']],
  ['not group = kvm or name = both', ['both', 'hv', 'bare']],
  ['!(group = kvm || name = bare)', ['hv']],
  ['not not name = hv', ['hv']],
  ['NOT name = hv AND name ~ h*  OR name = bare', ['bare']],
  ['hypervisor = hyperv', ['hv']],
  ['hypervisor = "Microsoft Hyper-V"', ['hv']],
  ['hypervisor = KVM and offers = hyperv', ['both']],
  ['offers = kvm', ['kvm', 'kvm-leaves', 'both']],
  ['not offers ~ *', ['hv', 'bare']],
  ['fidelity = kvm', ['kvm']],
  ['fidelity != kvm', ['kvm-leaves', 'both', 'hv', 'bare']],
] as const) {
  t.test(expression, t => {
    t.same(named(expression), names)
    t.end()
  })
}

const refused = (expression: string): string => {
  try {
    named(expression)
  } catch (error) {
    t.match(error, { name: 'InputError' }, expression)
    return (error as Error).message
  }
  return ''
}

for (const [expression, column, expected, got] of [
  ['', 1, 'a field (name, group, hypervisor, offers, fidelity)', 'the end'],
  [
    'grop = kvm',
    1,
    'a field (name, group, hypervisor, offers, fidelity)',
    '`grop`; did you mean group?',
  ],
  ['group', 6, '`=`, `!=`, `~` or `!~` behind `group`', 'the end'],
  ['group kvm', 7, '`=`, `!=`, `~` or `!~` behind `group`', '`kvm`'],
  ['group =', 8, 'a group behind `group =`', 'the end'],
  ['group = and', 9, 'a group behind `group =`', '`and`'],
  ['group ~ )', 9, 'a glob or a /regular expression/ behind `group ~`', '`)`'],
  ['name = /k/', 8, 'a scenario behind `name =`, or `~` before a regular expression', '`/k/`'],
  [
    'name = kvm group = kvm',
    12,
    '`and`, `or` or the end (a value with a space stands in quotes)',
    '`group`',
  ],
  ['name = kvm)', 11, '`and`, `or` or the end', '`)`'],
  ['(name = kvm', 12, '`and`, `or` or the `)` of the `(` in column 1', 'the end'],
  ['name = kvm and', 15, 'a field (name, group, hypervisor, offers, fidelity)', 'the end'],
  ['name = "kvm', 8, 'a closing " behind it', '"kvm'],
  ['name ~ /kvm', 8, 'a closing / behind it', '/kvm'],
  [
    'name ~ /a/i',
    11,
    'no letters behind the second slash: (?i) in the expression ignores the case',
    '`i`',
  ],
  [
    'group = kwm',
    9,
    'a group that there is (hyperv, kvm, mix, starter)',
    '`kwm`; did you mean kvm?',
  ],
  [
    'group != kwm',
    10,
    'a group that there is (hyperv, kvm, mix, starter)',
    '`kwm`; did you mean kvm?',
  ],
  [
    'name = kvm-leafs',
    8,
    'a scenario that there is (bare, both, hv, kvm, kvm-leaves)',
    '`kvm-leafs`; did you mean kvm-leaves?',
  ],
  ['fidelity = cpu', 12, 'a fidelity that there is (cpuid, kvm)', '`cpu`; did you mean cpuid?'],
  ['name = hv and offers = qemu', 24, 'a hypervisor that there is (acrn, bhyve', '`qemu`'],
  // What is seen as one character is counted as one.
  ['name = "\u{1f600}" and x', 16, 'a field (name, group, hypervisor, offers, fidelity)', '`x`'],
] as const) {
  t.test(`refused: ${expression}`, t => {
    const message = refused(expression)
    t.match(message, `--filter: column ${column} of \`${expression}\`: expected ${expected}`)
    t.match(message, `, got ${got}`)
    t.notMatch(message, '\n')
    t.end()
  })
}

t.test('bad patterns, and what is beyond all measure, are refused', t => {
  t.match(
    refused('name ~ /(/'),
    /column 8 .* expected a regular expression of RE2's syntax, got `\/\(\/` \(/,
  )
  t.match(refused('name ~ "[z-a]"'), /column 8 .* expected a glob, got/)
  t.match(refused(`name ~ /${'a'.repeat(501)}/`), /more than 500 characters/)
  t.match(refused(`${'('.repeat(101)}name = kvm`), /expected at most 100 levels, got more/)
  t.match(refused('not '.repeat(101)), /expected at most 100 levels/)
  t.ok(refused(`name = ${'a'.repeat(30_000)}`).length < 700, 'and is not told whole')
  t.match(refused(' '.repeat(2001)), /expected at most 2000 characters, got 2001/)
  t.end()
})

t.test('what holds for none is refused, with nothing raw of it', t => {
  t.equal(
    refused('name ~ "\u001b[31mx"'),
    '--filter: expected an expression that holds for any of 5 scenarios, got `name ~ "\\x1b[31mx"`',
  )
  t.end()
})

t.test('no pattern takes long', t => {
  const long = { ...parseScenario(''), name: 'a'.repeat(100) }
  const started = process.cpuUsage()
  for (const pattern of [`/(a*)*${'a*'.repeat(50)}b/`, `${'*a'.repeat(40)}*b`])
    t.throws(() => filterScenarios([long], `name ~ ${pattern}`), /holds for/)
  t.ok(process.cpuUsage(started).user < 5e6)
  t.end()
})

t.test('a value may be that of a scenario elsewhere', t => {
  t.throws(() => filterScenarios(all, 'group != silent'), /did you mean|a group that there is/)
  const elsewhere = scenario('quiet', ['silent'], '')
  t.equal(filterScenarios(all, 'group != silent', [elsewhere]).length, all.length)
  t.end()
})

t.test('what the catalogue offers', t => {
  const catalogue = loadScenarios(catalogueFiles(scenariosFolder))
  const offers = (expression: string) =>
    filterScenarios(catalogue, expression).map(({ name }) => name)
  t.ok(offers('offers = kvm and offers = hyperv').includes('kvm-behind-hyperv'))
  t.ok(offers('offers = kvm').includes('kvm'))
  t.ok(offers('offers = xen').includes('xen-hvm'))
  t.ok(offers('offers = hyperv').includes('hyperv-enlightened'))
  t.notOk(offers('offers = kvm').includes('bare-metal'))
  t.ok(offers('offers = vmware and hypervisor = none').length > 0)
  t.end()
})
