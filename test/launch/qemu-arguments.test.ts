import t from 'tap'
import { rightsArguments } from '../../runner/launch/sandbox.js'
import { guestCommand, type GuestFiles } from '../../runner/launch/qemu-arguments.js'
import { commandWords } from '../../runner/launch/qemu-command.js'
import { planScenario, withLook } from '../../runner/plan/plan.js'
import { parseScenario } from '../fixtures/scenario.js'

const files: GuestFiles = {
  qemu: ['/usr/bin/qemu'],
  sandbox: true,
  kernel: '/k',
  initramfs: '/i',
  override: null,
  console: { kind: 'pty', path: '/dev/pts/9', log: '/out/a,b.log' },
  report: { kind: 'shared-memory', path: '/tmp/report', size: 0x100000 },
}

function command(
  yaml: string,
  changes: Partial<GuestFiles> = {},
  qemuVersion = '7.2.22',
): readonly string[] {
  const plan = planScenario(parseScenario(yaml), {
    kernel: { version: '6.1.1', config: null },
    accelerator: 'tcg',
    qemuVersion,
  })
  if ('skip' in plan) throw new Error(plan.skip)
  return commandWords(guestCommand(plan, { ...files, ...changes }))
}

function option(words: readonly string[], name: string): string | undefined {
  return words[words.indexOf(name) + 1]
}

t.test('the machine, the CPU and what comes with it', t => {
  const words =
    command(`cpu: { model: EPYC-v1, vendor: GenuineIntel, properties: { x2apic: false, level: 13 } }
machine: { type: q35, cpus: 2, memory: 512, hpet: off, vmport: on, smbios: { 1: { serial: "VMware-1, 2" } }, devices: [VGA] }
kernel: { cmdline: [nopv] }`)
  t.equal(option(words, '-machine'), 'q35,hpet=off,vmport=on')
  t.equal(option(words, '-cpu'), 'EPYC-v1,vendor=GenuineIntel,x2apic=off,level=13')
  t.equal(option(words, '-smp'), '2')
  t.equal(option(words, '-m'), '512M')
  t.equal(option(words, '-smbios'), 'type=1,serial=VMware-1,, 2', 'a comma is doubled')
  t.equal(words[words.lastIndexOf('-device') + 1], 'VGA')
  t.match(option(words, '-append'), /^console=ttyS0 .* nopv$/)
  t.equal(option(words, '-nic'), 'none', 'no network')
  t.end()
})

t.test('the switches and the topology of a machine', t => {
  const of = (yaml: string) => {
    const words = command(`machine: { ${yaml} }`)
    return [option(words, '-machine'), option(words, '-smp'), option(words, '-m')]
  }
  t.same(of(''), ['pc', '1', '256M'])
  t.same(of('type: microvm'), ['microvm,acpi=off', '1', '256M'], 'a kernel finds a timer')
  t.same(of('type: microvm, acpi: on, rtc: off')[0], 'microvm,acpi=on,rtc=off')
  t.same(of('acpi: off, pic: off, pit: off')[0], 'pc,acpi=off,pic=off,pit=off')
  t.same(of('sockets: 2, dies: 2, cores: 2, threads: 2'), [
    'pc',
    '16,sockets=2,dies=2,cores=2,threads=2',
    '256M',
  ])
  t.same(of('cores: 4, modules: 1, clusters: 1, cpus: 4')[1], '4,sockets=1,cores=4,threads=1')
  const many = command('machine: { cpus: 200, memory: 300 }', {}, '10.0.13')
  t.equal(option(many, '-m'), '300M', 'what is stated is taken')
  t.end()
})

t.test('QEMU is told the vendor of the model, which KVM would replace', t => {
  const cpu = (yaml: string) => option(command(`cpu: ${yaml}`), '-cpu')
  t.equal(cpu('{}'), 'qemu64-v1,vendor=AuthenticAMD')
  t.equal(cpu('{ model: Skylake-Server-v4 }'), 'Skylake-Server-v4,vendor=GenuineIntel')
  t.equal(cpu('{ model: max }'), 'max', 'it has none of its own')
  t.equal(cpu('{ model: FooLake-v1, vendor: "  Shanghai  " }'), 'FooLake-v1,vendor=  Shanghai  ')
  t.equal(cpu('{ properties: { vendor: HygonGenuine } }'), 'qemu64-v1,vendor=HygonGenuine')
  t.end()
})

t.test(
  'a guest that is looked at has a monitor, its interrupts logged, and a kernel in its place',
  t => {
    const plan = planScenario(parseScenario('kernel: { cmdline: [nopv] }'), {
      kernel: { version: '6.1.1', config: null },
      accelerator: 'tcg',
      qemuVersion: '7.2.22',
    })
    if ('skip' in plan) throw new Error(plan.skip)
    const words = (of: typeof plan) =>
      commandWords(guestCommand(of, { ...files, monitor: '/tmp/a,b/monitor' }))
    const looked = words(withLook(plan, 10))
    t.match(option(looked, '-append'), / nopv nokaslr$/)
    t.ok(looked.includes('socket,id=monitor,path=/tmp/a,,b/monitor,server=on,wait=off'))
    t.equal(option(looked, '-mon'), 'chardev=monitor,mode=control')
    t.equal(option(looked, '-d'), 'int,cpu_reset')
    const kvm = words(withLook({ ...plan, accelerator: 'kvm' }, 10))
    t.ok(kvm.includes('-mon'))
    t.notOk(kvm.includes('-d'), 'KVM logs nothing')
    t.notOk(command('').includes('-mon'), 'no other guest has one')
    t.end()
  },
)

t.test('a shell’s guest has a control line, and the report’s device that nobody reads', t => {
  const report = { kind: 'control', path: '/tmp/a,b/control', size: 0x100000 } as const
  const socket = 'socket,id=report,path=/tmp/a,,b/control'
  const usual = command('', { report: { ...report, channel: 'shared-memory' } })
  t.ok(usual.includes('ivshmem-plain,memdev=report'))
  t.ok(usual.includes('memory-backend-ram,id=report,size=1048576,share=on'))
  t.ok(usual.includes(socket))
  t.equal(usual[usual.lastIndexOf('-serial') + 1], 'chardev:report')
  const micro = command('machine: { type: microvm }', { report: { ...report, channel: 'serial' } })
  t.ok(micro.includes(socket))
  t.ok(micro.includes('isa-serial,chardev=report,index=1'))
  t.notOk(micro.includes('ivshmem-plain,memdev=report'), 'there is no PCI')
  t.end()
})

t.test('a guest that waits for gdb stands still before its first instruction', t => {
  const words = command('', { gdb: '/tmp/a,b/gdb' })
  t.ok(words.includes('socket,id=gdb,path=/tmp/a,,b/gdb,server=on,wait=off'))
  t.equal(option(words, '-gdb'), 'chardev:gdb')
  t.ok(words.includes('-S'))
  t.notOk(command('').includes('-S'))
  t.end()
})

t.test('a console without a log', t => {
  const words = command('', { console: { kind: 'pty', path: '/dev/pts/9', log: null } })
  t.ok(words.includes('serial,id=console,path=/dev/pts/9'))
  t.end()
})

t.test('disks that lie in no file, before the devices that have them', t => {
  const words = command('machine: { disks: 2, devices: ["virtio-blk-pci,drive=disk1"] }')
  const disk = (node: string) => `driver=null-co,node-name=${node},size=16777216,read-zeroes=on`
  t.same(
    words.filter((_, index) => words[index - 1] === '-blockdev'),
    [disk('disk0'), disk('disk1')],
  )
  t.ok(words.lastIndexOf('-blockdev') < words.indexOf('virtio-blk-pci,drive=disk1'))
  t.notOk(command('').includes('-blockdev'))
  t.end()
})

t.test('QEMU is confined where it knows how', t => {
  t.equal(
    option(command(''), '-sandbox'),
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  )
  t.notOk(command('', { sandbox: false }).includes('-sandbox'))
  t.end()
})

t.test('one that gives up root’s rights may change its user, and still dies with guise', t => {
  t.same(rightsArguments('7.2.22'), ['-runas', '65534:65534'])
  t.same(rightsArguments('9.0.2'), ['-runas', '65534:65534'])
  for (const version of ['9.1.0', '10.0.13', '11.1.2'])
    t.same(rightsArguments(version), ['-run-with', 'user=65534:65534'], version)
  const rights = rightsArguments('7.2.22')
  const words = command('', { rights })
  t.equal(option(words, '-runas'), '65534:65534')
  t.match(option(words, '-sandbox'), /,elevateprivileges=allow,spawn=deny,/)
  t.ok(words.includes('GUISE_PARENT=1'))
  t.ok(words.some(word => word.startsWith('LD_PRELOAD=/')))
  t.notMatch(command('', { rights, sandbox: false }).join(' '), '-sandbox')
  t.end()
})

t.test('the override is preloaded only where leaves are changed', t => {
  t.equal(command('')[0], '/usr/bin/qemu')
  t.same(command('', { override: { object: '/o.so', table: '/t' } }).slice(0, 5), [
    'env',
    'LD_PRELOAD=/o.so',
    'GUISE_CPUID_TABLE=/t',
    'GUISE_TERMINAL=/dev/pts/9',
    '/usr/bin/qemu',
  ])
  t.end()
})

t.test('the console is kept by QEMU itself', t => {
  t.equal(
    option(command(''), '-chardev'),
    'serial,id=console,path=/dev/pts/9,logfile=/out/a,,b.log',
  )
  t.equal(option(command('', { console: { kind: 'stdio' } }), '-serial'), 'stdio')
  t.end()
})

t.test('the report goes through shared memory, a second port, or nowhere', t => {
  const shared = command('')
  t.equal(
    option(shared, '-object'),
    'memory-backend-file,mem-path=/tmp/report,id=report,size=1048576,share=on',
  )
  const serial = command('', { report: { kind: 'serial', path: '/tmp/s' } })
  t.ok(serial.includes('socket,id=report,path=/tmp/s'))
  t.ok(serial.includes('chardev:report'))
  const microvm = command('machine: { type: microvm }', { report: { kind: 'serial', path: '/s' } })
  t.ok(microvm.includes('isa-serial,chardev=report,index=1'))
  const unread = command('', {
    report: { kind: 'unread', channel: 'shared-memory', size: 1048576 },
  })
  t.ok(unread.includes('ivshmem-plain,memdev=report'), 'the same device, so the same machine')
  t.notOk(unread.join(' ').includes('mem-path'), 'and no file left behind')
  t.end()
})

t.test('virtual time, wherever the plan has it', t => {
  const words = command('')
  t.equal(option(words, '-icount'), 'shift=4,sleep=off')
  t.equal(option(words, '-rtc'), 'base=2026-01-01,clock=vm')
  t.equal(option(words, '-seed'), '1')
  const real = command('machine: { cpus: 2 }')
  for (const name of ['-icount', '-rtc', '-seed']) t.notOk(real.includes(name), name)
  t.end()
})

t.test('the object is preloaded for a table, for counting, for devices in step', t => {
  const environment = (changes: Partial<GuestFiles>) => {
    const words = command('', changes)
    return words.slice(words[0] === 'env' ? 1 : 0, words.indexOf('/usr/bin/qemu'))
  }
  const override = { object: '/o.so', table: '/t' }
  const meter = { object: '/o.so', counts: '/tmp/n', console: '/out/a.log' }
  const terminal = 'GUISE_TERMINAL=/dev/pts/9'
  t.same(environment({}), [])
  t.same(environment({ override }), ['LD_PRELOAD=/o.so', 'GUISE_CPUID_TABLE=/t', terminal])
  const counting = ['GUISE_METER=/tmp/n', 'GUISE_METER_CONSOLE=/out/a.log']
  t.same(environment({ meter }), ['LD_PRELOAD=/o.so', ...counting, terminal])
  t.same(environment({ override, meter }), [
    'LD_PRELOAD=/o.so',
    'GUISE_CPUID_TABLE=/t',
    ...counting,
    terminal,
  ])
  t.same(environment({ lockstep: '/o.so' }), ['LD_PRELOAD=/o.so', 'GUISE_LOCKSTEP=1', terminal])
  t.end()
})

t.test('a guest that shows a picture has a monitor, and its machine is kept', t => {
  const screen = { kind: 'path', path: '/tmp/a,b/screen' } as const
  const driven = (devices: string) => `machine: { devices: [${devices}] }\ndrive: [vmware-svga]`
  const words = command(driven('e1000, "vmware-svga,vgamem_mb=8"'), { screen })
  t.ok(words.includes('socket,id=screen,path=/tmp/a,,b/screen'))
  t.equal(option(words, '-mon'), 'chardev=screen,mode=control')
  t.ok(words.includes('-no-shutdown'))
  t.ok(words.includes('vmware-svga,vgamem_mb=8,id=driven-vmware-svga'))
  t.ok(words.includes('e1000'), 'the others as they are')
  t.match(option(words, '-append'), / guise\.drive=vmware-svga$/)
  const inherited = command(driven('vmware-svga'), {
    screen: { kind: 'descriptor', descriptor: 0 },
  })
  t.ok(inherited.includes('socket,id=screen,fd=0'))

  const pasted = command(driven('vmware-svga'))
  t.notOk(pasted.includes('-no-shutdown'), 'without anybody who asks it ends by itself')
  const idle = command('machine: { devices: [vmware-svga] }', { screen })
  t.notOk(idle.includes('-no-shutdown'))
  t.ok(idle.includes('vmware-svga'))
  t.notMatch(option(idle, '-append'), 'guise.drive')
  t.end()
})

t.test('a guest that is run to see where it dies shows nothing', t => {
  const plan = planScenario(
    parseScenario('machine: { devices: [vmware-svga] }\ndrive: [vmware-svga]'),
    { kernel: { version: '6.1.1', config: null }, accelerator: 'tcg', qemuVersion: '7.2.22' },
  )
  if ('skip' in plan) throw new Error(plan.skip)
  const screen = { kind: 'path', path: '/tmp/screen' } as const
  const words = commandWords(
    guestCommand(withLook(plan, 1), { ...files, screen, monitor: '/tmp/m' }),
  )
  t.notOk(words.includes('-no-shutdown'))
  t.match(option(words, '-append'), / guise\.drive=vmware-svga nokaslr$/, 'and does the same')
  t.end()
})
