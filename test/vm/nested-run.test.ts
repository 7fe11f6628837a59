import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { asLines } from '../../runner/report/setup-progress.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { buildNestedHost } from '../../images/nested/build.js'
import { type GuiseRecord, recordSchema } from '../../runner/record/schema.js'
import { Sandbox, until } from '../fixtures/sandbox.js'

// Whole runs in the nested host. Its image and the kernel are in the user's own cache: made once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const timeout = 500_000
t.setTimeout(600_000)

await resolveKernel('debian:bookworm')
await buildNestedHost({
  onProgress: asLines(message => {
    t.comment(message)
  }),
})

const ten = [
  ...['kvm-all-features', 'kvm-timing-freq', 'hyperv-enlightened', 'xen-hvm', 'vmware-two-cpus'],
  ...['kvm-behind-hyperv-two-cpus', 'xen-viridian', 'kvm-old-clock', 'arbitrary-leaf', 'vmware'],
]

/** What each hypervisor served for real must show; the rest is the scenarios' own expectation. */
const served: Record<string, object> = {
  'kvm-all-features': {
    identity: { hypervisor: 'KVM' },
    clocksource: { current: 'kvm-clock' },
  },
  'hyperv-enlightened': {
    identity: { hypervisor: 'Microsoft Hyper-V' },
    clocksource: { current: 'hyperv_clocksource_tsc_page' },
  },
  'xen-hvm': {
    identity: { hypervisor: 'Xen HVM', sysfsType: 'xen' },
    clocksource: { current: 'xen' },
  },
  'vmware-two-cpus': { identity: { hypervisor: 'VMware' } },
}

function checkArbitraryLeaf(t: Test, record: GuiseRecord | undefined): void {
  t.match(
    record?.cpuid.got[0]?.leaves.find(({ leaf }) => leaf === '0x40000055'),
    { eax: '0x12345678', ebx: '0x9abcdef0', ecx: '0x0f1e2d3c', edx: '0x4b5a6978' },
  )
}

function recordsIn(sandbox: Sandbox): GuiseRecord[] {
  const folder = sandbox.at('out')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.json') && !name.endsWith('run.json'))
    .map(name => recordSchema.parse(JSON.parse(sandbox.read(join('out', name)))))
}

t.test('ten guests whose nested host is killed on the way: ten verdicts', async t => {
  const sandbox = await Sandbox.create(t)
  const options = [
    '--kernel',
    'debian:bookworm',
    '--accel',
    'nested',
    '--output',
    sandbox.at('out'),
  ]
  const guise = sandbox.start(sandbox.command('run', ...ten, ...options), { env, timeout })
  let over = false
  void guise.ended.then(() => (over = true))
  await until(() => over || (sandbox.has('out') && recordsIn(sandbox).length >= 2), 300_000)
  const [pid] = sandbox.pids('guise.slot')
  if (pid === undefined) t.fail('the nested host is not up')
  else process.kill(pid, 'SIGKILL')
  const { status, stdout, stderr } = await guise.ended
  t.equal(status, 0, stdout + stderr)
  t.match(stdout, /^10 pass, 0 fail, 0 skip, 0 error$/m)
  t.match(stdout, /^ *run again +.*: the nested host was lost and started again: .*SIGKILL/m)
  t.match(stderr, 'guise: restarting the nested host')
  t.match(stdout, /^QEMU +1\d\.\S+ in the nested host; accelerator nested$/m)
  t.strictSame([sandbox.processes(), sandbox.temporaryFolders()], [[], []], 'nothing is left')

  const records = recordsIn(sandbox)
  t.strictSame(records.map(({ scenario }) => scenario).sort(), ten.toSorted())
  t.ok(records.some(({ reruns }) => reruns.some(why => why.includes('SIGKILL'))))
  checkArbitraryLeaf(
    t,
    records.find(({ scenario }) => scenario === 'arbitrary-leaf'),
  )
  for (const record of records) {
    t.match(record, { verdict: 'pass', applied: true, accel: 'nested', outcome: 'reported' })
    t.match(record, served[record.scenario] ?? {}, record.scenario)
    t.match(sandbox.read(record.kernelLog ?? ''), 'Linux version 6.1.', 'the whole log is kept')
  }
})

t.test('auto takes each accelerator for what needs it; the same leaf is got on both', async t => {
  const sandbox = await Sandbox.create(t)
  const run = async (...words: string[]) => {
    const command = sandbox.command('run', ...words, '--kernel', 'debian:bookworm')
    const { stdout } = await sandbox.exec([...command, '--format', 'json'], { env, timeout })
    const lines = stdout.split('\n').slice(0, -1)
    return lines.map(line => recordSchema.parse(JSON.parse(line)))
  }
  const video = 'kvm-clock-vmware-video'
  t.match(await run('hyperv', 'kvm', 'bare-metal', video), [
    { scenario: 'hyperv', accel: 'tcg', verdict: 'pass' },
    { scenario: 'kvm', accel: 'nested', verdict: 'pass' },
    { scenario: 'bare-metal', accel: 'tcg', verdict: 'pass' },
    {
      scenario: video,
      accel: 'nested',
      verdict: 'pass',
      composition: { owners: ['kvm', 'vmware'] },
      driven: [{ drawn: true, picture: { differing: 0 }, untaken: null }],
    },
  ])
  const [record] = await run('arbitrary-leaf', '--accel', 'tcg')
  t.match(record, { accel: 'tcg', verdict: 'pass', applied: true })
  checkArbitraryLeaf(t, record)
})

t.test('a death is told in full, a QEMU that ran no guest fails no kernel', async t => {
  const sandbox = await Sandbox.create(t)
  const file = sandbox.write(
    'panics.yaml',
    `name: panics
summary: a kernel under KVM that finds no init and no root file system
source: Linux init/main.c, kernel_init_freeable()
needs: { fidelity: kvm }
kernel: { cmdline: [rdinit=/nope] }
expect: [{ hypervisor: KVM }]
---
name: asks-for-help
summary: a device that makes QEMU list its properties and end
source: QEMU docs/system/device-emulation.rst
machine: { devices: ['pvscsi,help'] }
expect: [{ outcome: reported }]
`,
  )
  const options = [
    '--kernel',
    'debian:bookworm',
    '--accel',
    'nested',
    '--output',
    sandbox.at('out'),
  ]
  const { status } = await sandbox.exec(sandbox.command('run', file, ...options), { env, timeout })
  t.equal(status, 1)
  const records = recordsIn(sandbox)
  t.match(
    records.find(({ scenario }) => scenario === 'asks-for-help'),
    {
      outcome: 'qemu-failed',
      verdict: 'error',
      ending: /^QEMU ended with status 0 and ran no guest: pvscsi options/,
    },
  )
  const record = records.find(({ scenario }) => scenario === 'panics')
  t.match(record, {
    outcome: 'panic',
    verdict: 'fail',
    reruns: ['it ended without a report on a quiet console (panic)'],
    identity: { hypervisor: 'KVM' },
  })
  t.match(sandbox.read(record?.console ?? ''), 'Hypervisor detected: KVM')
  const before = sandbox.read(record?.console?.replace(/\.log$/, '.1.log') ?? '')
  t.match(before, 'Kernel panic - not syncing', 'what the first run said is kept, too')
  t.notMatch(before, 'Hypervisor detected')
})
