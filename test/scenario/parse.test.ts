import t from 'tap'
import { parseScenarioFile } from '../../runner/scenario/parse.js'
import { formatProblem } from '../../runner/scenario/problem.js'

const good = `name: a
summary: one line
source: a test
expect: [{ hypervisor: none }]
`

function problemsOf(text: string): string[] {
  return parseScenarioFile(text, 'x.yaml').problems.map(formatProblem)
}

t.test('a good file, with its defaults', t => {
  const { documents, problems } = parseScenarioFile(`${good}---\n${good}`, 'x.yaml')
  t.same(problems, [])
  t.equal(documents.length, 2)
  t.match(documents[0]?.document, {
    cpu: { properties: {} },
    machine: { type: 'pc', cpus: 1, memory: 256 },
    needs: { fidelity: 'cpuid' },
    expect: [{ outcome: 'reported', hypervisor: 'none' }],
  })
  t.end()
})

t.test('features of a CPU model stand in its properties', t => {
  for (const model of ['Haswell-v4,+pcid', 'max,vendor=GenuineIntel', 'a b', '']) {
    t.same(
      problemsOf(good.replace(/^summary/m, `cpu: { model: "${model}" }\nsummary`)).length,
      1,
      model,
    )
  }
  t.same(problemsOf(good.replace(/^summary/m, 'cpu: { model: Opteron_G5-v1 }\nsummary')), [])
  t.end()
})

t.test(
  'every problem at once, each with its place, what was expected, and what stands there',
  t => {
    const problems = problemsOf(`name: Bad Name
sumary: a slip
summary: one line
cpuid:
  - { leaf: 0x40000000, eax: "zz", signature: "thirteen char" }
  - { leaf: 0x1ffffffff, edx: 0b0xx2 }
  - { dump: 5, rage: 5 }
  - { leaf: 7, remove: true, eax: 1 }
  - { leaf: 3 }
machine: { type: sparc, hpet: maybe }
kernel: yes
expect:
  - { when: { kernel: 5.10 }, adopts: [clock.sundial] }
`)
    const starts = [
      'x.yaml:1:1: source: expected where the layout comes from, got nothing',
      'x.yaml:1:1: hypervisor-leaves: expected model or listed, since `cpuid` has a leaf of 0x40000000-0x4000ffff, or a dump, got nothing',
      'x.yaml:1:7: name: expected a name of lower-case words joined by hyphens, got `Bad Name`',
      'x.yaml:2:9: unknown field `sumary`; did you mean `summary`?',
      'x.yaml:5:30: cpuid[0].eax: expected a 32-bit value (0x40000001), a bitmap ',
      'x.yaml:5:47: cpuid[0].signature: expected a signature of 1 to 12 characters, got `"thirteen char"`',
      'x.yaml:6:13: cpuid[1].leaf: expected a whole number from 0 to 0xffffffff, got `0x1ffffffff`',
      'x.yaml:6:31: cpuid[1].edx: expected a 32-bit value ',
      'x.yaml:7:13: cpuid[2].dump: expected the path of a dump, got `5`',
      'x.yaml:7:22: cpuid[2]: unknown field `rage`; did you mean `range`?',
      'x.yaml:8:24: cpuid[3].remove: expected no other change beside it, got `true`',
      'x.yaml:9:5: cpuid[4]: expected a register, signature, vendor or remove, got `{ leaf: 3 }`',
      'x.yaml:10:18: machine.type: expected pc, q35 or microvm, got `sparc`',
      'x.yaml:10:31: machine.hpet: expected on or off, got `maybe`',
      'x.yaml:11:9: kernel: expected a mapping with one of the fields cmdline, config, version, modules, got `yes`',
      'x.yaml:13:23: expect[0].when.kernel: expected in quotes, a version range ',
      'x.yaml:13:40: expect[0].adopts[0]: expected an interface: ',
    ]
    for (const start of starts) {
      t.equal(problems.filter(problem => problem.startsWith(start)).length, 1, start)
    }
    t.equal(problems.length, starts.length, problems.join('\n'))
    t.end()
  },
)

t.test('a function to die in, where none could be shown', t => {
  const dying = (outcome: string) =>
    problemsOf(good.replace(/expect:.*\n/, `expect: [{ outcome: ${outcome}, died-in: here }]\n`))
  t.matchOnly(dying('panic'), [
    /expect\[0\]\.died-in: expected the outcome early-exception, oops or reset/,
  ])
  t.same(dying('oops'), [])
  t.same(dying('reset'), [])
  const staying = (outcome: string) =>
    problemsOf(good.replace(/expect:.*\n/, `expect: [{ outcome: ${outcome}, stuck-in: here }]\n`))
  t.matchOnly(staying('panic'), [/expect\[0\]\.stuck-in: expected the outcome hang/])
  t.same(staying('hang'), [])
  t.end()
})

t.test('modules, disks and drivers', t => {
  t.match(
    problemsOf(`${good.replace(/expect:.*\n/, '')}machine: { disks: 17 }
kernel: { modules: ["../sd_mod"] }
expect: [{ drivers: [{ driver: ahci }, { device: 15AD:7c0, driver: x }, { class: 106, driver: x }] }]
`),
    [
      /machine\.disks: expected a whole number from 0 to 16, got `17`/,
      /kernel\.modules\[0\]: expected the name of a kernel module, such as vmw_pvscsi, got /,
      /expect\[0\]\.drivers\[0\]: expected a device, a class, or both, got /,
      /drivers\[1\]\.device: expected a vendor and a device, such as "15ad:07c0", got `15AD:7c0`/,
      /drivers\[2\]\.class: expected the start of a PCI class code in quotes, such as "0106", got `106`/,
    ],
  )
  t.end()
})

t.test('vCPUs, and the levels that they make', t => {
  const problems = (machine: string) => problemsOf(`${good}machine: { ${machine} }\n`)
  t.same(problems('type: q35, cpus: 288'), [])
  t.same(problems('cpus: 16, sockets: 2, cores: 4, threads: 2'), [])
  t.matchOnly(problems('cpus: 8, sockets: 2, threads: 2'), [
    /machine\.cpus: expected 4, which 2 sockets by 2 threads come to, or no `cpus`, got `8`$/,
  ])
  t.matchOnly(problems('cpus: 256'), [
    /machine\.cpus: expected at most 255 vCPUs, as many as QEMU’s pc has, got `256`$/,
  ])
  t.matchOnly(problems('type: q35, dies: 17, cores: 17'), [
    /machine\.dies: expected at most 288 vCPUs, as many as QEMU’s q35 has; 17 dies by 17 cores come to 289, got `17`$/,
  ])
  t.matchOnly(problems('cpus: 289'), [/cpus: expected a whole number from 1 to 288, got `289`$/])
  t.matchOnly(problems('cpus: 0'), [/cpus: expected a whole number from 1 to 288, got `0`$/])
  t.matchOnly(problems('clusters: 2'), [
    /clusters: expected 1: QEMU has no clusters on x86, whose level of that place is `modules`, got `2`$/,
  ])
  t.matchOnly(problems('type: microvm, dies: 2, modules: 2'), [
    /dies: expected 1: QEMU’s microvm has no dies, got `2`$/,
    /modules: expected 1: QEMU’s microvm has no modules, got `2`$/,
  ])
  t.end()
})

t.test('a switch that the machine type has not', t => {
  const problems = (machine: string) => problemsOf(`${good}machine: { ${machine} }\n`)
  t.same(problems('acpi: off, hpet: off, pic: on, pit: off, vmport: off'), [])
  t.same(problems('type: microvm, acpi: on, pic: off, pit: off, rtc: off'), [])
  t.matchOnly(problems('rtc: off'), [
    /machine\.rtc: expected no such switch, which QEMU’s pc has not: it always has an RTC, got `off`$/,
  ])
  t.matchOnly(problems('type: microvm, hpet: off, vmport: on'), [
    /hpet: expected no such switch, which QEMU’s microvm has not: it has no HPET, got `off`$/,
    /vmport: expected no such switch, which QEMU’s microvm has not: it has no vmport, got `on`$/,
  ])
  t.matchOnly(problems('type: q35, hpet: off, pic: off, pit: off'), [
    /machine\.pic: expected on, where `pit` and `hpet` are off: .*SIGSEGV if there is none, got `off`$/,
  ])
  t.same(problems('pic: off, pit: off'), [])
  t.end()
})

t.test('a key that SMBIOS has not', t => {
  t.match(problemsOf(`${good}machine: { smbios: { bios: { vendor: x } } }\n`), [
    /machine\.smbios\.bios: expected the number of an SMBIOS structure type, got /,
  ])
  t.match(problemsOf(`${good}machine: { smbios: { 1: { 'Ven dor': x } } }\n`), [
    /machine\.smbios\.1\.Ven dor: expected an option of QEMU -smbios, got /,
  ])
  t.end()
})

t.test('a file that is no YAML, an empty one, and a key given twice', t => {
  t.matchOnly(problemsOf('a: [1, 2'), [/^x\.yaml:1:\d+: expected valid YAML, got /])
  t.matchOnly(problemsOf(`${good}name: b\n`), [/^x\.yaml:5:1: expected each key once, got `name`$/])
  t.matchOnly(problemsOf(''), [/^x\.yaml:1:1: expected a scenario, got an empty file/])
  t.end()
})

t.test('a bad document does not hide a good one', t => {
  const { documents, problems } = parseScenarioFile(`${good}---\nname: 5\n`, 'x.yaml')
  t.equal(documents.length, 1)
  t.ok(problems.length > 0)
  t.ok(problems.every(({ line }) => line >= 5))
  t.end()
})

t.test('what only KVM honours is refused where the leaves alone are asked for', t => {
  const hv = 'cpu: { properties: { hv-relaxed: true } }\n'
  t.matchOnly(problemsOf(good + hv), [/cpu\.properties\.hv-relaxed: expected a property that QEMU/])
  t.same(problemsOf(`${good}${hv}needs: { fidelity: kvm }\n`), [])
  t.end()
})

t.test('an entry of cpuid that is none is told where it stands', t => {
  const lines = good.split('\n').length
  const problems = (entry: string) => problemsOf(`${good}cpuid: [${entry}]\n`)
  const at = `:${lines}:9: cpuid\\[0\\]`
  for (const [entry, says] of [
    ['{ eax: 1 }', '.leaf: expected a whole number from 0 to 0xffffffff, got nothing'],
    [
      '{ range: [1, 5] }',
      '.remove: expected true, or a `dump` whose leaves these are, got nothing',
    ],
    ['null', ': expected a mapping with a `leaf`, `range`, `dump` or `hypervisor`, got `null`'],
    ['true', ': expected a mapping with a `leaf`, `range`, `dump` or `hypervisor`, got `true`'],
  ] as const)
    t.matchOnly(problems(entry), [new RegExp(`${at}${says}$`)], entry)
  t.matchOnly(problemsOf(`${good}cpuid:\n\t- { leaf: 1 }\n`), [
    /expected valid YAML, got a tab \(Tabs are not allowed as indentation\)$/,
  ])
  t.matchOnly(problemsOf(`${good}cpuid: [\n`), [/got the end of what is open \(/])
  t.matchOnly(problemsOf(`${good}cpuid: [{ dump: !foo x }]\n`), [
    /expected no more than YAML's core \(Unresolved tag: !foo\), got `!foo`$/,
  ])
  t.end()
})

t.test('CPU properties that QEMU’s -cpu cannot be told, or twice', t => {
  const problems = (cpu: string) => problemsOf(`${good}cpu: { ${cpu} }\n`)
  t.matchOnly(problems('properties: { model-id: "A, B" }'), [
    /cpu\.properties\.model-id: expected no comma, at which QEMU’s -cpu begins another property, got `"A, B"`$/,
  ])
  t.matchOnly(problems('vendor: "Genuine,ntel"'), [/cpu\.vendor: expected no comma, /])
  t.matchOnly(problems('tsc: 2000000, properties: { tsc-frequency: 3000000000 }'), [
    /cpu\.properties\.tsc-frequency: expected no frequency beside `cpu\.tsc`, got `3000000000`$/,
  ])
  t.same(problems('tsc: own, properties: { tsc-frequency: 3000000000 }'), [])
  t.matchOnly(problemsOf(`${good}cpuid: [{ leaf: 0, vendor: AuthenticAMD, ebx: 1 }]\n`), [
    /cpuid\[0\]\.ebx: expected no register that the vendor sets, got /,
  ])
  t.end()
})

t.test('what is to be driven must be in the machine', t => {
  const wanting = 'devices that are in `machine.devices`, too'
  const drive = 'drive: [vmware-svga]\n'
  t.same(problemsOf(`${good}${drive}`), [
    `x.yaml:5:8: drive: expected ${wanting}, got \`[vmware-svga]\``,
  ])
  for (const devices of ['VGA', '"vmware-svga-x"', '"VGA,id=vmware-svga"', '"{"', '7'])
    t.match(
      problemsOf(`${good}${drive}machine: { devices: [${devices}] }\n`).join('\n'),
      wanting,
      devices,
    )
  for (const devices of ['vmware-svga', 'VGA, "vmware-svga,id=x"', `'{"driver": "vmware-svga"}'`])
    t.same(problemsOf(`${good}${drive}machine: { devices: [${devices}] }\n`), [], devices)
  t.same(problemsOf(`${good}drive: []\n`), [])
  t.same(problemsOf(`${good}drive: [VGA]\nmachine: { devices: [VGA] }\n`), [
    'x.yaml:5:9: drive[0]: expected vmware-svga, got `VGA`',
  ])
  const twice = 'drive: [vmware-svga, vmware-svga]\nmachine: { devices: [vmware-svga] }\n'
  t.match(problemsOf(`${good}${twice}`), [/drive: expected each device once, got/])
  t.match(problemsOf(`${good}${drive}summary:\n`).join('\n'), wanting, 'beside other problems')
  t.end()
})
