import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'
import { runJson } from './catalogue-run.js'

const sandbox = await Sandbox.create(t)

// A Skylake server with what TCG does not execute: PCID (1.ECX bit 17), AVX-512F (7.EBX bit 16) and its state in XCR0.
const dump = [
  '0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69',
  '0x00000001 0x00: eax=0x00050654 ebx=0x00010800 ecx=0xfffa3203 edx=0x178bfbff',
  '0x00000007 0x00: eax=0x00000000 ebx=0x000109ab ecx=0x00000000 edx=0x00000000',
  '0x0000000d 0x00: eax=0x000000e7 ebx=0x00000a80 ecx=0x00000a80 edx=0x00000000',
  '0x0000000d 0x01: eax=0x00000001 ebx=0x00000a80 ecx=0x00000000 edx=0x00000000',
  '0x0000000d 0x02: eax=0x00000100 ebx=0x00000240 ecx=0x00000000 edx=0x00000000',
  '0x0000000d 0x05: eax=0x00000040 ebx=0x00000440 ecx=0x00000000 edx=0x00000000',
  '0x0000000d 0x06: eax=0x00000200 ebx=0x00000480 ecx=0x00000000 edx=0x00000000',
  '0x0000000d 0x07: eax=0x00000400 ebx=0x00000680 ecx=0x00000000 edx=0x00000000',
  '0x80000000 0x00: eax=0x80000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000',
  '0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000001 edx=0x28100800',
]
const scenario = (name: string, serve: string, expect: string) =>
  `name: ${name}
summary: a CPU with PCID and AVX-512
source: by hand
hypervisor-leaves: model
cpuid:
  - serve: ${serve}
    dump: |
${dump.map(line => `      ${line}`).join('\n')}
expect: [{ ${expect} }]
`

t.test(
  'what the accelerator cannot execute is withheld by name, or blamed on it by name',
  async t => {
    const file = sandbox.write(
      'able.yaml',
      [
        scenario('able', 'able', 'hypervisor: none'),
        scenario('exact', 'exact', 'hypervisor: none'),
      ].join('---\n'),
    )
    const { records, status } = await runJson(sandbox, ['debian:bookworm'], file, '--accel', 'tcg')
    const [able, exact] = records
    t.match(able, {
      scenario: 'able',
      verdict: 'pass',
      outcome: 'reported',
      applied: true,
    })
    for (const feature of ['avx512f', 'pcid']) t.ok(able?.withheld?.includes(feature), feature)
    const seen = able?.cpuid.got[0]?.leaves.find(({ leaf }) => leaf === '0x00000001')
    t.equal(Number(seen?.ecx) & (1 << 17), 0, 'PCID is not shown')
    t.equal(seen?.eax, '0x00050654')
    t.same(able?.lacking, [])

    t.match(exact, { scenario: 'exact', verdict: 'error' })
    for (const feature of ['avx512f', 'pcid']) t.ok(exact?.lacking?.includes(feature), feature)
    t.match(exact?.why[0], /^the accelerator lacks .*AVX512F.*PCID.*, which the CPUID offers$/)
    t.same(exact?.withheld, [])
    t.equal(status, 3, 'no failure of the kernel’s')
    const told = await sandbox.exec(sandbox.command('explain', '--last', 'able'))
    t.match(told.stdout, /withheld +.*avx512f.*pcid/)
  },
)
