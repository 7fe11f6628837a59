import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { buildInitramfs } from '../../images/initramfs.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { moduleEntries } from '../../images/modules/module-entries.js'
import { parseReport } from '../../runner/console/protocol/parse-report.js'
import { sharedMemorySize } from '../../runner/console/protocol/layout.js'
import { guestInit } from '../../runner/paths.js'
import { type GuiseRecord, recordSchema } from '../../runner/record/schema.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { Sandbox } from '../fixtures/sandbox.js'

t.setTimeout(600_000)

// The kernel and its modules are in the user's own cache: fetched and unpacked once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
const sandbox = await Sandbox.create(t)

async function runJson(kernel: string, ...scenarios: string[]): Promise<GuiseRecord[]> {
  const options = ['--kernel', kernel, '--accel', 'tcg', '--format', 'json']
  const command = sandbox.command('run', ...scenarios, ...options)
  const { stdout } = await sandbox.exec(command, { env, timeout: 500_000 })
  const lines = stdout.split('\n').slice(0, -1)
  return lines.map(line => recordSchema.parse(JSON.parse(line)))
}

/** `driver of vendor:device`, for the devices of these classes. */
function drivers({ devices }: GuiseRecord, ...classes: string[]): string[] {
  return devices
    .filter(({ class: code }) => classes.some(start => code?.startsWith(start) === true))
    .map(({ vendor, device, driver }) => `${driver ?? 'none'} of ${vendor ?? ''}:${device ?? ''}`)
}

t.test('a driver takes its device whatever the hypervisor, and others are independent', async t => {
  const records = await runJson('debian:bookworm/amd64', 'kvm-pvscsi', 'kvm-vmware-svga')
  t.match(records, [
    { identity: { hypervisor: 'KVM' }, verdict: 'pass' },
    { identity: { hypervisor: 'KVM' }, verdict: 'pass' },
  ])
  t.same(
    records.map(({ why }) => why),
    [[], []],
  )
  t.same(
    records.map(record => drivers(record, '0100', '0300')),
    [['vmw_pvscsi of 15ad:07c0'], ['vmw_pvscsi of 15ad:07c0', 'none of 15ad:0405']],
  )
  t.not(
    records[0]?.fingerprint.initramfs,
    records[1]?.fingerprint.initramfs,
    'each with an initramfs of its own',
  )
})

t.test('SATA: a mode is a class with a driver of its own', async t => {
  const records = await runJson(
    'debian:bookworm/amd64',
    ...['sata-piix3-ide', 'sata-ahci-disk', 'sata-both'],
  )
  t.same(
    records.map(({ verdict, why }) => [verdict, ...why]),
    [['pass'], ['pass'], ['pass']],
  )
  t.same(
    records.map(record => drivers(record, '0101', '0106')),
    [
      ['ata_piix of 8086:7010'],
      ['ahci of 8086:2922'],
      ['ata_piix of 8086:7010', 'ahci of 8086:2922'],
    ],
  )
})

t.test('VMware’s video under KVM, driven by user space, shows what was drawn', async t => {
  const output = ['--output', sandbox.at('video')]
  const [record] = await runJson('debian:bookworm', 'kvm-vmware-video', ...output)
  t.match(record, {
    verdict: 'pass',
    identity: { hypervisor: 'KVM' },
    driven: [
      {
        at: /^pci 0000:00:0\d\.0$/,
        answers: { id: '0x90000002', width: 320, height: 200, fifoNext: 36, fifoStop: 36 },
        drawn: true,
        picture: { width: 320, height: 200, differing: 0 },
      },
    ],
  })
  t.same(record?.composition, { owners: ['kvm', 'vmware'], mixed: true, violations: [] })
  t.same(drivers(record as GuiseRecord, '0300'), ['none of 15ad:0405'])
  t.notOk(
    record?.interfaces.some(({ id }) => id === 'storage.pvscsi'),
    'it is not even offered',
  )
  const png = readFileSync(record?.picture ?? '')
  t.equal(record?.picture, join(dirname(record?.console ?? ''), 'kvm-vmware-video.png'))
  t.equal(png.toString('latin1', 1, 4), 'PNG')
  t.same([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 200])

  const [again] = await runJson('debian:bookworm', 'kvm-vmware-video', ...output)
  t.same(again?.driven, record?.driven)
  t.same(again?.instructions, record?.instructions, 'it costs the same each time')
  t.ok(readFileSync(again?.picture ?? '').equals(png))
})

t.test(
  'a kernel that lets nobody at the ports, and one that dies before it comes to them',
  async t => {
    const file = sandbox.write(
      'locked.yaml',
      `name: locked-down
summary: a kernel that is locked down lets user space at no PCI function
source: Linux security/lockdown, LOCKDOWN_PCI_ACCESS
machine: { devices: [vmware-svga] }
drive: [vmware-svga]
kernel: { cmdline: [lockdown=integrity] }
expect: [{ offers: [video.vmware-svga], adopts: [video.vmware-svga] }]
---
name: no-init
summary: a kernel without an init resets its machine, which is kept for no picture
source: Linux init/main.c, kernel_init_freeable()
like: locked-down
kernel: { cmdline: [rdinit=/nope, panic=-1, oops=panic] }
expect: [{ outcome: panic }]
`,
    )
    const [locked, dead] = await runJson('debian:bookworm', file)
    t.match(locked, {
      verdict: 'fail',
      why: [
        'expected video.vmware-svga to be adopted, got no sign of it',
        'The guest reports: vmware-svga: Operation not permitted.',
      ],
      driven: [{ drawn: false, gaveUp: 'Operation not permitted' }],
    })
    t.match(dead, { verdict: 'pass', outcome: 'panic' })
    t.same([dead?.driven, dead?.picture], [[], null])
  },
)

t.test('a kernel that has no such driver', async t => {
  const name = 'kernel-without-it'
  const file = sandbox.write(
    'own.yaml',
    `name: ${name}\nsummary: s\nsource: s\nkernel: { modules: [vmwgfx] }\nexpect: [{ hypervisor: KVM }]\n`,
  )
  t.match(await runJson('debian:bookworm', file), [
    { scenario: name, verdict: 'skip', why: ['this kernel has no module vmwgfx'] },
  ])
})

t.test('a module that can not be loaded is a problem in the report, and no more', async t => {
  await using folder = await temporaryFolder('devices')
  const kernel = await resolveKernel('debian:bookworm')
  const files = moduleEntries([{ name: 'text', content: Buffer.from('no module at all') }])
  const initramfs = await buildInitramfs({ init: guestInit, files })
  const memory = join(folder.path, 'memory')
  await execa('truncate', ['-s', String(sharedMemorySize), memory])
  const object = `memory-backend-file,id=report,mem-path=${memory},size=${sharedMemorySize},share=on`
  await execa(
    'qemu-system-x86_64',
    [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-accel', 'tcg'],
      ...['-m', '256', '-kernel', kernel.path, '-initrd', initramfs.path, '-append', 'panic=-1'],
      ...['-object', object, '-device', 'ivshmem-plain,memdev=report'],
    ],
    { timeout: 240_000 },
  )
  const report = parseReport('shared-memory', readFileSync(memory))
  t.ok(report.complete)
  t.matchOnly(report.problems, [/^The guest reports: text\.ko: Exec format error\.$/])
  t.equal(report.notes.get('modules-loaded'), '0')
  t.notOk(report.notes.has('drivers-waited-us'), 'there is nothing to wait for')
})
