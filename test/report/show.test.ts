import t from 'tap'
import { showScenario } from '../../runner/report/show.js'
import { emulated } from '../fixtures/executable.js'
import { parseScenario } from '../fixtures/scenario.js'

const name = 'tcg of QEMU 7.2.22'

function shown(cpuid: string, executable: Parameters<typeof showScenario>[1]): string[] {
  const lines = showScenario(parseScenario(`cpuid: [${cpuid}]`), executable)
  return lines.slice(1, lines.indexOf('expects'))
}

t.test(
  'what is withheld under an accelerator, and what is shown though it lacks it, is named',
  t => {
    const entries = '{ leaf: 7, subleaf: 0, ebx: 0x10420, serve: able }, { leaf: 1, ecx: 0x20000 }'
    t.same(shown(entries, { name, executable: emulated() }), [
      '  0x00000001    ecx 0x00020000',
      '  0x00000007.0  ebx 0x00000020',
      'what they say',
      '  0x00000001    ecx: pcid',
      '  0x00000007.0  ebx: avx2',
      `withheld under ${name}, which cannot execute it`,
      '  avx512f, invpcid',
      `shown under ${name}, which cannot execute it`,
      '  pcid',
    ])
    t.same(shown('{ leaf: 1, ecx: 1 }', { name, executable: emulated() }), [
      '  0x00000001  ecx 0x00000001',
      'what they say',
      '  0x00000001  ecx: pni',
    ])
    t.end()
  },
)

t.test('where it is not known what would be withheld, that is said', t => {
  const entry = '{ leaf: 7, subleaf: 0, ebx: 0x10420, serve: able }'
  t.equal(
    shown(entry, { name, executable: null }).at(-1),
    `withheld: what ${name} cannot execute, which it did not say`,
  )
  t.same(shown(entry, undefined).slice(0, 1), ['  0x00000007.0  ebx 0x00010420'])
  t.end()
})

t.test('what the guest’s init drives is told', t => {
  const yaml = 'machine: { devices: [vmware-svga] }\ndrive: [vmware-svga]'
  const lines = showScenario(parseScenario(yaml))
  const at = lines.indexOf('what the guest’s init drives, as user space once did')
  t.equal(lines[at + 1], '  vmware-svga')
  t.notMatch(showScenario(parseScenario('')).join(), 'drives')
  t.end()
})

t.test('single bits are shown as a scenario writes them, and what changes nothing is said', t => {
  t.same(shown('{ leaf: 1, ecx: 0b0x10 }', undefined), [
    '  0x00000001  ecx 0b0x10',
    'what they say',
    '  0x00000001  ecx: pclmulqdq; without pni monitor',
  ])
  t.equal(showScenario(parseScenario(''))[0], 'it changes no leaf')
  t.end()
})

const rules = `expect:
  - when: { kernel: '>=5.16', fidelity: cpuid }
    why: a commit whose name is so long that it does not fit into a line of a terminal, which is narrow
    hypervisor: KVM
    flags: { has: [aes, avx, avx2, bmi1, bmi2, fma, movbe, popcnt, rdrand, smep, smap, xsave, xsaveopt] }
  - hypervisor: "\\e[31mnone\\nbut in red"
    log: { has: ["\\u202eodd"] }`

t.test('each rule has its condition, its reason and what it expects', t => {
  const lines = showScenario(parseScenario(rules))
  const at = lines.indexOf('expects, by the first rule that holds')
  t.same(lines.slice(at + 1), [
    '  when the kernel is >=5.16 and the fidelity is cpuid',
    '    why         a commit whose name is so long that it does not fit into a line of a terminal, which is narrow',
    '    outcome     the guest comes up and reports',
    '    hypervisor  the kernel detects KVM',
    '    flags       there are aes, avx, avx2, bmi1, bmi2, fma, movbe, popcnt, rdrand, smep, smap, xsave and xsaveopt',
    '  otherwise',
    '    outcome     the guest comes up and reports',
    '    hypervisor  the kernel detects \\x1b[31mnone\\x0abut in red',
    '    log         a line has `\\u{202e}odd`',
  ])
  t.end()
})

t.test('no line is wider than the terminal', t => {
  const features = '{ leaf: 1, ecx: 0xfedafffb, edx: 0xbfebfbff, cpu: 0 }'
  const wide = parseScenario(`machine: { cpus: 2 }\ncpuid: [${features}]\n${rules}`)
  for (const width of [60, 80, 100]) {
    const lines = showScenario(wide, { name, executable: emulated() }, width)
    t.same(
      lines.filter(line => line.length > width),
      [],
      String(width),
    )
    t.ok(
      lines.some(line => /^ {16,}\S/.test(line)),
      'and what goes on is indented',
    )
  }
  t.end()
})
