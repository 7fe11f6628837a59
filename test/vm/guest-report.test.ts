import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { buildInitramfs } from '../../images/initramfs.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import type { CpuDump } from '../../runner/cpuid/leaf.js'
import * as layout from '../../runner/console/protocol/layout.js'
import { hasHello, isComplete, parseReport } from '../../runner/console/protocol/parse-report.js'
import { encodeRequest } from '../../runner/console/protocol/request.js'
import { guestInit } from '../../runner/paths.js'
import type { RequestedLeaves } from '../../runner/plan/requested-leaves.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'

t.setTimeout(600_000)

const kernel = await resolveKernel('debian:bookworm')
const initramfs = await buildInitramfs({ init: guestInit })

/** Leaves that no guest dumps unasked, and the subleaf asked for. */
const request = [
  { first: 0x40010000, last: 0x40010000 },
  { first: 0x4000abc0, last: 0x4000abc2, subleaf: 7 },
]

/** Boots the guest to its end under TCG, with nothing but what `extra` adds; gives its console. */
async function boot(folder: string, extra: readonly string[]): Promise<string> {
  const console = join(folder, 'console')
  await execa(
    'qemu-system-x86_64',
    [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-accel', 'tcg'],
      ...['-m', '256', '-kernel', kernel.path, '-initrd', initramfs.path],
      ...['-append', 'console=ttyS0 earlyprintk=ttyS0 panic=-1', '-serial', `file:${console}`],
      ...extra,
    ],
    { timeout: 240_000 },
  )
  return readFileSync(console, 'latin1')
}

async function bootWithSharedMemory(asked: readonly RequestedLeaves[], extra: readonly string[]) {
  await using folder = await temporaryFolder('guest-report')
  const path = join(folder.path, 'memory')
  const memory = Buffer.alloc(layout.sharedMemorySize)
  memory.set(encodeRequest(asked))
  writeFileSync(path, memory)
  const object = `memory-backend-file,id=report,mem-path=${path},size=${memory.length},share=on`
  const devices = ['-object', object, '-device', 'ivshmem-plain,memdev=report']
  const console = await boot(folder.path, [...devices, ...extra])
  return { console, bytes: readFileSync(path) }
}

/** @param answer - what the host answers the hello with, or null where it keeps silent */
async function bootWithSerial(answer: Uint8Array | null, extra: readonly string[]) {
  await using folder = await temporaryFolder('guest-report')
  const path = join(folder.path, 'port')
  let bytes = Buffer.alloc(0)
  let answered = answer === null
  const server = createServer(socket => {
    socket.on('data', (received: Buffer) => {
      bytes = Buffer.concat([bytes, received])
      if (answered || !hasHello(bytes)) return
      answered = true
      socket.write(answer ?? '')
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  const port = ['-chardev', `socket,id=report,path=${path}`, '-serial', 'chardev:report']
  const console = await boot(folder.path, [...port, ...extra])
  await new Promise(resolve => server.close(resolve))
  return { console, bytes }
}

function leafNumbers(cpu: CpuDump | undefined): number[] {
  return cpu?.leaves.map(({ leaf }) => leaf) ?? []
}

/** What every whole report of a stock kernel with two vCPUs has. */
function checkWholeReport(t: Test, { report, console }: Reported): void {
  t.ok(report.complete)
  t.strictSame(report.problems, [])
  t.match(console, new RegExp(`^${layout.completeMarker}\r?$`, 'm'))

  t.strictSame(
    report.cpus.map(({ cpu }) => cpu),
    [0, 1],
  )
  for (const cpu of report.cpus) {
    const names = cpu.leaves.map(({ leaf, subleaf }) => `${leaf}.${subleaf}`)
    t.equal(new Set(names).size, names.length, 'no answer comes twice')
    const bases = Array.from({ length: 256 }, (_, index) => 0x40000000 + index * 0x100)
    t.strictSame(
      bases.filter(base => !leafNumbers(cpu).includes(base)),
      [],
      'every hypervisor base is there',
    )
    const [first] = cpu.leaves
    t.equal(first?.leaf, 0)
    const basic = leafNumbers(cpu).filter(leaf => leaf < 0x40000000)
    t.equal(Math.max(...basic), first?.registers.eax, 'the basic leaves go up to the highest')
  }
  const apicIds = report.cpus.map(
    cpu => (cpu.leaves.find(({ leaf }) => leaf === 1)?.registers.ebx ?? 0) >>> 24,
  )
  t.strictSame(apicIds, [0, 1], 'each vCPU answered for itself')

  t.match(report.files.get('/proc/version'), /^Linux version 6\.1\./)
  t.match(report.files.get('/proc/cmdline'), /^console=ttyS0 /)
  t.match(report.files.get('/proc/cpuinfo'), /^processor\s*: 0\n/)
  const [, second = ''] = report.files.get('/proc/cpuinfo')?.split('\n\n') ?? []
  t.match(second, /^processor\s*: 1$/m)
  t.notMatch(second, /^flags/m, 'a later CPU has what differs from the first')
  const cpu = '/sys/devices/system/cpu'
  t.match(report.files.get(`${cpu}/online`), /^0-1$/m)
  t.match(report.files.get(`${cpu}/cpu1/topology`), /^core_id=1$/m)
  t.match(report.files.get(`${cpu}/cpu0/cache`), /^index0\/level=1$/m)
  t.match(report.files.get(`${cpu}/vulnerabilities/spectre_v1`), /^Mitigation: /)
  t.match(report.files.get('/proc/interrupts'), /^\s*LOC:/m)
  t.match(report.files.get('/sys/class/dmi/id/sys_vendor'), /QEMU/)
  t.equal(report.notes.get('clocksource-settled'), 'yes')
  const clocks = '/sys/devices/system/clocksource/clocksource0'
  const current = report.files.get(`${clocks}/current_clocksource`)?.trim() ?? 'none'
  t.match(report.files.get(`${clocks}/available_clocksource`)?.split(/\s+/), [current])
  t.ok(report.files.has('/sys/devices/system/clockevents/clockevent0/current_device'))

  t.strictSame(
    report.kmsg.map(({ sequence }) => sequence),
    report.kmsg.map((_, index) => index),
    'the log is there from its first record on',
  )
  t.match(report.kmsg[0]?.text, /^Linux version /)
}

interface Reported {
  readonly report: ReturnType<typeof parseReport>
  readonly console: string
}

void t.test('through shared memory', async t => {
  const { console, bytes } = await bootWithSharedMemory(request, ['-smp', '2'])
  const report = parseReport('shared-memory', bytes)
  checkWholeReport(t, { report, console })
  t.ok(isComplete('shared-memory', bytes))
  t.equal(report.notes.get('channel'), 'shared-memory')
  checkRequested(t, report.cpus)
  const device = report.devices.find(({ attributes }) => attributes.get('device') === '0x1110')
  t.equal(device?.bus, 'pci')
  t.equal(device?.driver, null)
})

void t.test('through ttyS1', async t => {
  const { console, bytes } = await bootWithSerial(encodeRequest(request), ['-smp', '2'])
  const report = parseReport('serial', bytes)
  checkWholeReport(t, { report, console })
  t.ok(isComplete('serial', bytes))
  t.equal(report.notes.get('channel'), 'serial')
  checkRequested(t, report.cpus)
})

void t.test('through ttyS1, of a guest without PCI whose host does not answer', async t => {
  const { bytes } = await bootWithSerial(null, ['-append', 'console=ttyS0 pci=off'])
  const report = parseReport('serial', bytes)
  t.ok(report.complete)
  t.equal(report.notes.get('request'), 'none')
  t.equal(report.devices.filter(({ bus }) => bus === 'pci').length, 0)
  t.notOk(leafNumbers(report.cpus[0]).includes(0x40010000), 'nothing is dumped unasked')
})

void t.test('a report that does not fit says so', async t => {
  const asked = [{ first: 0x50000000, last: 0x50000fff }]
  const { console, bytes } = await bootWithSharedMemory(asked, ['-smp', '12'])
  const report = parseReport('shared-memory', bytes)
  t.notOk(report.complete)
  t.notOk(isComplete('shared-memory', bytes))
  t.matchOnly(report.problems, [/^\d+ records? did not fit in the shared memory/])
  t.match(console, layout.truncatedMarker)
  t.equal(report.cpus[0]?.leaves.filter(({ leaf }) => leaf >> 12 === 0x50000).length, 0x1000)
})

void t.test('a guest with no way to report says so and ends', async t => {
  await using folder = await temporaryFolder('guest-report')
  const console = await boot(folder.path, [])
  t.match(console, `\n${layout.noChannelMarker}: I/O error\r\n`)
})

function checkRequested(t: Test, cpus: readonly CpuDump[]): void {
  for (const { leaves } of cpus) {
    const asked = leaves.filter(({ leaf }) => leaf === 0x40010000 || leaf >> 8 === 0x4000ab)
    t.strictSame(
      asked.map(({ leaf, subleaf }) => [leaf, subleaf]),
      [
        [0x4000ab00, 0],
        [0x40010000, 0],
        [0x4000abc0, 7],
        [0x4000abc1, 7],
        [0x4000abc2, 7],
      ],
    )
  }
}
