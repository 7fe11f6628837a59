import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bzImageHeadSize, readBzImageHeader } from '../../images/kernel/bzimage.js'
import { decompressPayload } from '../../images/kernel/payload.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { run } from '../../runner/run/run.js'
import { loadScenarios } from '../../runner/scenario/load.js'
import { wholeOf } from '../images/kernel/synthetic.js'

// Released kernels keep the rules. A broken one is made of Debian's: one line that it prints once, late in its boot, is made to
// say that it has taken up what it must not.
const { path } = await resolveKernel('debian:bookworm')
const bzImage = readFileSync(path)
const header = readBzImageHeader(bzImage.subarray(0, bzImageHeadSize), bzImage.length)
if (typeof header === 'string') throw new Error(header)
const { payloadOffset, payloadLength } = header
const vmlinux = await wholeOf(
  decompressPayload(bzImage.subarray(payloadOffset, payloadOffset + payloadLength)),
)

/** The line that is given up: kernel/time/clocksource.c, with the level of its pr_info() before it. */
const format = '\u00016clocksource: Switched to clocksource %s\n\0'

/** Runs a scenario on a kernel that says `line`, where Debian's says which clock source it has switched to. */
async function runSaying(t: Test, line: string, yaml: string): Promise<GuiseRecord | undefined> {
  const at = vmlinux.indexOf(format)
  if (at < 0) throw new Error('the line is not in this kernel')
  const broken = Buffer.from(vmlinux)
  broken.fill(0, at + 2, at + format.length)
  broken.write(`${line}\n`, at + 2, format.length - 3, 'latin1')
  const folder = t.testdir()
  const kernel = join(folder, 'vmlinux')
  writeFileSync(kernel, broken)
  const file = join(folder, 'scenario.yaml')
  const text = `name: broken\nsummary: a broken kernel\nsource: test/vm/violations.test.ts\n${yaml}expect: [{ outcome: reported }]\n`
  writeFileSync(file, text)
  const [record] = await run({
    scenarios: loadScenarios([file]),
    kernels: [kernel],
    accelerator: 'tcg',
    jobs: 1,
    output: join(folder, 'out'),
    signal: new AbortController().signal,
  })
  return record
}

const behindHyperv = `hypervisor-leaves: listed
cpuid:
  - { hypervisor: hyperv }
  - { hypervisor: kvm, base: 0x40000100 }
  - { leaf: 0x40000004, eax: 0x400 }
`

t.test('two of one exclusive group', async t => {
  const record = await runSaying(t, 'vmware: TSC freq read from hypervisor', behindHyperv)
  t.match(record?.identity, { hypervisor: 'KVM' })
  t.match(
    record?.composition.violations.find(({ rule }) => rule === 'two-of-one-group'),
    {
      interfaces: ['tsc-frequency.calibration', 'tsc-frequency.vmware'],
      evidence: [/^tsc: /, 'vmware: TSC freq read from hypervisor'],
    },
  )
})

t.test('an interface that was not offered', async t => {
  const record = await runSaying(t, 'xen: PV spinlocks enabled', '')
  t.match(record?.identity, { hypervisor: null })
  t.match(record?.composition.violations, [
    { rule: 'not-offered', interfaces: ['xen.spinlocks'], evidence: ['xen: PV spinlocks enabled'] },
  ])
})

t.test('a part of the ABI of a hypervisor that lost the identity', async t => {
  const record = await runSaying(t, 'Hyper-V: Using IPI hypercalls', behindHyperv)
  t.match(record?.identity, { hypervisor: 'KVM' })
  t.match(record?.composition, {
    mixed: true,
    violations: [
      {
        rule: 'lost-identity',
        interfaces: ['hyperv.ipis'],
        evidence: ['Hyper-V: Using IPI hypercalls'],
      },
    ],
  })
})
