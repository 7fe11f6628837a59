import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { leafName } from '../../runner/cpuid/leaf-edit.js'
import { InputError } from '../../runner/errors.js'
import { scenariosFolder } from '../../runner/paths.js'
import { catalogueFiles, loadScenarios } from '../../runner/scenario/load.js'

const head = (name: string) =>
  `name: ${name}\nsummary: s\nsource: s\nexpect: [{ hypervisor: none }]\n`

t.test('the catalogue loads, and has the names that others build on', t => {
  const scenarios = loadScenarios(catalogueFiles(scenariosFolder))
  const names = scenarios.map(({ name }) => name)
  for (const fixed of 'bare-metal tcg kvm kvm-no-features hyperv vmware xen-cpuid-only kvm-behind-hyperv'.split(
    ' ',
  )) {
    t.ok(names.includes(fixed), fixed)
  }
  t.ok(scenarios.filter(({ groups }) => groups.includes('starter')).length >= 20)
  t.end()
})

t.test('a raw dump is read from beside the file, range and subleaves and all', t => {
  const folder = t.testdir({
    'a.yaml': `${head('a')}hypervisor-leaves: listed
cpuid: [{ dump: machine.txt, range: [0x40000000, 0x4000ffff] }, { dump: machine.txt, range: [0xd, 0xd] }]
`,
    'machine.txt': `CPU 0:
   0x0000000d 0x00: eax=0x00000007 ebx=0x00000340 ecx=0x00000340 edx=0x00000000
   0x0000000d 0x01: eax=0x0000000f ebx=0x00000340 ecx=0x00000000 edx=0x00000000
   0x40000000 0x00: eax=0x40000010 ebx=0x61774d56 ecx=0x4d566572 edx=0x65726177
CPU 1:
   0x40000001 0x00: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000
`,
  })
  const [scenario] = loadScenarios([join(folder, 'a.yaml')])
  const edits = scenario?.steps.flatMap(step => (step.kind === 'leaf' ? step.edits : [])) ?? []
  t.same(edits.map(leafName), ['0x40000000', '0x0000000d', '0x0000000d.0', '0x0000000d.1'])
  t.same(edits[0]?.registers?.ebx, { keep: 0, set: 0x61774d56 })
  t.equal(edits[1]?.registers, null)
  t.same(edits[3]?.registers?.eax, { keep: 0, set: 0xf })
  t.end()
})

t.test('an entry for a vCPU that the machine has not is refused', t => {
  const folder = t.testdir({
    'a.yaml': `${head('a')}machine: { cpus: 4 }\ncpuid: [{ leaf: 2, cpu: "0-3", eax: 1 }, { leaf: 2, cpu: [1, 4], eax: 2 }]\n`,
    'b.yaml': `${head('b')}cpuid: [{ leaf: 2, cpu: "3-1", eax: 1 }]\n`,
  })
  t.throws(() => loadScenarios([join(folder, 'a.yaml')]), {
    message:
      /cpuid\[1\]\.cpu: expected vCPUs of the 4 that the machine has, counted from 0, got `?4/,
  })
  t.throws(() => loadScenarios([join(folder, 'b.yaml')]), {
    message:
      /cpuid\[0\]\.cpu: expected a vCPU \(2\), a list \(\[0, 2\]\) or a range \("4-7"\), got `"3-1"`/,
  })
  t.end()
})

t.test('a vendor is spelled in any leaf of twelve characters, in the order of its registers', t => {
  const vendor = (leaf: string) => `cpuid: [{ leaf: ${leaf}, vendor: "IntelTDX    " }]\n`
  const folder = t.testdir({
    'a.yaml': head('a') + vendor('0x21'),
    'b.yaml': head('b') + vendor('0x80000000'),
    'c.yaml': head('c') + vendor('0x1'),
  })
  for (const name of ['a', 'b']) {
    const [step] = loadScenarios([join(folder, `${name}.yaml`)])[0]?.steps ?? []
    t.match(step, {
      edit: {
        registers: { ebx: { set: 0x65746e49 }, edx: { set: 0x5844546c }, ecx: { set: 0x20202020 } },
      },
    })
  }
  t.throws(() => loadScenarios([join(folder, 'c.yaml')]), {
    message: /cpuid\[0\]\.vendor: expected leaf 0x0, 0x21 or 0x80000000/,
  })
  t.end()
})

t.test('dumps that are missing, bad or empty are told with the place that names them', t => {
  const entry = (dump: string, range = '') =>
    `hypervisor-leaves: listed\ncpuid: [{ dump: ${dump}${range} }]\n`
  const folder = t.testdir({
    'gone.yaml': head('a') + entry('gone.txt'),
    'bad.yaml': head('b') + entry('bad.txt'),
    'secret.yaml': head('d') + entry('secret.txt'),
    'secret.txt': 'root:$y$j9T$secret\n',
    'empty.yaml': head('c') + entry('good.txt', ', range: [5, 6]'),
    'bad.txt': 'CPU 0:\n   0x0 0x0: eax=x\n   0x1 0x0\n',
    'nothing.yaml': head('e') + entry('nothing.txt'),
    'nothing.txt': '',
    'good.txt': '   0x00000000 0x00: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n',
  })
  for (const [file, message] of [
    [
      'gone.yaml',
      /gone\.yaml:6:17: cpuid\[0\]\.dump: expected a dump of CPUID.*gone\.txt` \(ENOENT/,
    ],
    [
      'bad.yaml',
      /6:17: cpuid\[0\]\.dump: expected `0xLEAF .*got `0x0 0x0: eax=x` in line 2 of `bad\.txt`\n.*got `0x1 0x0` in line 3/,
    ],
    ['secret.yaml', /expected a dump of CPUID .*got a text without a leaf in `secret\.txt`$/],
    ['nothing.yaml', /got `nothing\.txt` \(an empty file\)$/],
    ['empty.yaml', /expected a dump with leaves of this range/],
  ] as const) {
    t.throws(() => loadScenarios([join(folder, file)]), { message }, file)
  }
  t.end()
})

t.test('a dump may stand in the scenario itself, of any format', t => {
  const entry = (line: string) =>
    `${head('a')}hypervisor-leaves: listed\ncpuid:\n  - dump: |\n      a title\n      ${line}\n`
  const folder = t.testdir({
    'good.yaml': entry('CPUID 40000000: 40000010-61774D56-4D566572-65726177'),
    'bad.yaml': entry('CPUID 40000000: 40000010'),
  })
  const notes: unknown[] = []
  const good = join(folder, 'good.yaml')
  const [scenario] = loadScenarios([good], noted => notes.push(noted))
  const [step] = scenario?.steps ?? []
  const [edit] = step?.kind === 'leaf' ? step.edits : []
  t.match(edit, { leaf: 0x40000000, registers: { ebx: { set: 0x61774d56 } } })
  t.same(notes, [
    { file: `${good}: dump`, notes: [{ kind: 'foreign', line: 1, text: 'a title', more: 0 }] },
  ])
  t.throws(() => loadScenarios([join(folder, 'bad.yaml')]), {
    message:
      /bad\.yaml:7:11: cpuid\[0\]\.dump: expected .*, got `CPUID 40000000: 40000010` in line 2 of it$/,
  })
  t.end()
})

t.test('two scenarios of one name', t => {
  const folder = t.testdir({ 'a.yaml': head('twin'), 'b.yaml': head('twin') })
  t.throws(() => loadScenarios(catalogueFiles(folder)), {
    message: /b\.yaml:1:7: name: expected a name of its own \(also at .*a\.yaml:1\), got `twin`/,
  })
  t.end()
})

t.test('a file that is not there', t => {
  t.throws(() => loadScenarios(['/nowhere/x.yaml']), InputError)
  t.end()
})

t.test('files are taken in the order of their names, others left alone', t => {
  const folder = t.testdir({ 'b.yaml': '', 'a.yaml': '', 'README.md': '' })
  writeFileSync(join(folder, 'c.txt'), '')
  t.same(catalogueFiles(folder), [join(folder, 'a.yaml'), join(folder, 'b.yaml')])
  t.end()
})
