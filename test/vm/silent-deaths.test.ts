import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Sandbox } from '../fixtures/sandbox.js'
import { runJson } from './catalogue-run.js'

const sandbox = await Sandbox.create(t)

t.test('a death before the first line, and a hang, have their place', async t => {
  const { records } = await runJson(sandbox, ['debian:trixie'], '@silent', '--accel', 'tcg')
  const [divided, stuck] = records
  t.equal(records.length, 2)
  t.match(divided, {
    scenario: 'amd-nodes-without-cores',
    verdict: 'pass',
    outcome: 'early-exception',
    diedIn: 'cpu_topology_fixup_amd',
    ending: 'it died of a divide error (#DE) in cpu_topology_fixup_amd, before it could print',
    place: { exception: { vector: 0 }, where: 'kernel', waits: 'dead', instruction: /^div/ },
  })
  t.match(divided?.place?.trace, { 0: 'cpu_topology_fixup_amd', 1: 'cpu_init_topology' })
  t.match(stuck, {
    scenario: 'hygon-endless-caches',
    verdict: 'pass',
    outcome: 'hang',
    stuckIn: 'find_num_cache_leaves',
    place: { exception: null, waits: null },
  })
  // It is the first run that counts, which had KASLR.
  for (const { commandLine } of records) t.notMatch(commandLine, /nokaslr/)
})

t.test(
  'a death of what chooses a place for the kernel has its place, though nokaslr does without it',
  async t => {
    const file = join(t.testdir(), 'mine.yaml')
    writeFileSync(
      file,
      `name: rdrand-unserved
summary: RDRAND and POPCNT on a model that has neither
source: choose_random_location() of arch/x86/boot/compressed/kaslr.c
cpu: { model: core2duo-v1 }
cpuid:
  - { leaf: 0x1, ecx: 0b1xxxxxx1xxxxxxxxxxxxxxxxxxxxxxx }
expect: [{ outcome: early-exception }]
`,
    )
    const { records } = await runJson(sandbox, ['debian:trixie'], file, '--accel', 'tcg')
    t.match(records[0], {
      verdict: 'pass',
      outcome: 'early-exception',
      lacking: ['popcnt', 'rdrand'],
      diedIn: null,
      ending:
        'it died of an invalid opcode (#UD) in the boot code, before the kernel proper, which no handler took (a triple fault), before it could print',
      place: { exception: { vector: 6 }, where: 'boot code', function: null },
    })
    t.notMatch(records[0]?.commandLine, /nokaslr/)
  },
)
