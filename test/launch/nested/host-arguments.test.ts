import t from 'tap'
import {
  hostCommand,
  hostTable,
  tscParameters,
} from '../../../runner/launch/nested/host-arguments.js'
import { filesInside, filesOf } from '../../../runner/launch/nested/inside.js'

const cached = (path: string) => ({ path, sha256: '0'.repeat(64), bytes: 1 })
const image = {
  kernel: cached('/cache/k'),
  initramfs: cached('/cache/i'),
  emulator: ['/ld.so', '/qemu'],
  emulatorFiles: [],
  kernelVersion: '6.12.1',
  qemuVersion: '10.0.1',
  packages: [],
}

t.test('each slot has a port, and commas in paths are doubled', t => {
  const { environment, argv: command } = hostCommand(
    {
      image,
      sandbox: true,
      rights: ['-runas', '65534:65534'],
      console: '/tmp/a,b/console',
      ports: ['/tmp/a,b/0', '/tmp/a,b/1'],
      tscKhz: 2_445_405,
      override: { object: '/o.so', table: '/t' },
    },
    { cpus: 3, memory: 1000 },
  )
  t.same(environment, { LD_PRELOAD: '/o.so', GUISE_CPUID_TABLE: '/t', GUISE_PARENT: '1' })
  t.same(command.slice(0, 2), ['/ld.so', '/qemu'])
  const after = (word: string) => command.filter((_, index) => command[index - 1] === word)
  t.matchOnly(after('-sandbox'), [/^on,.*elevateprivileges=allow,.*spawn=deny/])
  t.same(after('-runas'), ['65534:65534'])
  t.same(after('-smp'), ['4'], 'one more, on which no guest runs')
  t.matchOnly(after('-append'), [/(^| )isolcpus=0( |$)/])
  t.matchOnly(after('-append'), [/ no_timer_check /], 'a busy machine is no broken timer')
  t.matchOnly(after('-append'), [/ tsc=reliable tsc_early_khz=2445405$/])
  t.same(after('-m'), ['1000M'])
  t.same(after('-kernel'), ['/cache/k'])
  t.same(after('-initrd'), ['/cache/i'])
  t.same(after('-accel'), ['tcg,thread=multi'])
  t.same(after('-chardev'), [
    'file,id=console,path=/tmp/a,,b/console',
    'socket,id=slot0,path=/tmp/a,,b/0',
    'socket,id=slot1,path=/tmp/a,,b/1',
  ])
  t.same(after('-device'), [
    'virtio-serial-pci,max_ports=3',
    'virtserialport,chardev=slot0,name=guise.slot.0',
    'virtserialport,chardev=slot1,name=guise.slot.1',
  ])
  t.end()
})

t.test('the host is told that its TSC is invariant, and nothing else of it is changed', t => {
  const [, edit] = hostTable.split('\n')
  const kept = '0xffffffff 0x00000000'
  t.equal(edit, `leaf 0x80000007 - - ${kept} ${kept} ${kept} 0xfffffeff 0x00000100`)
  t.end()
})

t.test('a TSC whose rate is not known is left to the host to measure', t => {
  t.equal(tscParameters(null), 'tsc=reliable')
  t.end()
})

t.test("a guest's files have the names of their content in there", t => {
  const job = {
    kernel: '/k',
    initramfs: '/i',
    override: { object: '/o', table: '/t' },
    report: { size: 4096, request: Buffer.alloc(0) },
    command: () => ({ environment: {}, argv: [] }),
    onConsole: () => undefined,
  }
  t.same(filesOf(job), ['/k', '/i', '/o', '/t'])
  const digests = new Map(filesOf(job).map(path => [path, `sha-of${path.slice(1)}`]))
  t.same(filesInside(job, digests), {
    qemu: ['/usr/bin/qemu-system-x86_64'],
    sandbox: false,
    kernel: '/files/sha-ofk',
    initramfs: '/files/sha-ofi',
    override: { object: '/files/sha-ofo', table: '/files/sha-oft' },
    console: { kind: 'pty', path: '/dev/null', log: 'console' },
    report: { kind: 'shared-memory', path: 'report', size: 4096 },
    screen: { kind: 'descriptor', descriptor: 0 },
  })
  const plain = { ...job, override: null }
  t.same(filesOf(plain), ['/k', '/i'])
  t.equal(filesInside(plain, digests).override, null)
  t.end()
})
