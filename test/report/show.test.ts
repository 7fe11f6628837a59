import t from 'tap'
import { showScenario } from '../../runner/report/show.js'
import { emulated } from '../fixtures/executable.js'
import { parseScenario } from '../fixtures/scenario.js'

const name = 'tcg of QEMU 7.2.22'

function shown(cpuid: string, executable: Parameters<typeof showScenario>[1]): string[] {
  const lines = showScenario(parseScenario(`cpuid: [${cpuid}]`), executable)
  return lines.slice(1, lines.indexOf('what is expected'))
}

t.test(
  'what is withheld under an accelerator, and what is shown though it lacks it, is named',
  t => {
    const entries = '{ leaf: 7, subleaf: 0, ebx: 0x10420, serve: able }, { leaf: 1, ecx: 0x20000 }'
    t.same(shown(entries, { name, executable: emulated() }), [
      '  0x00000001  ecx 0x00020000',
      '  0x00000007.0  ebx 0x00000020',
      `withheld under ${name}, which cannot execute it`,
      '  avx512f, invpcid',
      `shown under ${name}, which cannot execute it`,
      '  pcid',
    ])
    t.same(shown('{ leaf: 1, ecx: 1 }', { name, executable: emulated() }), [
      '  0x00000001  ecx 0x00000001',
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
  t.same(shown(entry, undefined), ['  0x00000007.0  ebx 0x00010420'])
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
