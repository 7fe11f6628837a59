import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { run } from '../../runner/run/run.js'
import type { RunOptions } from '../../runner/run/options.js'
import { loadScenarios } from '../../runner/scenario/load.js'
import { scenariosFolder } from '../../runner/paths.js'

// Each guest here ends in another way, or takes another way to report; test/console/run-to-end.test.ts has the rest.
const endings = `
name: panics
summary: a kernel that finds no init and no root file system
source: Linux init/main.c, kernel_init_freeable()
kernel: { cmdline: [rdinit=/nope] }
expect: [{ outcome: panic, hypervisor: none, log: { has: ['VFS: Unable to mount root fs'] } }]
---
name: resets
summary: the same kernel, told to say nothing of it
source: Linux Documentation/admin-guide/kernel-parameters.txt, loglevel= and reboot=t (a triple fault)
kernel: { cmdline: [rdinit=/nope, loglevel=0, reboot=t] }
expect: [{ outcome: reset }]
`
const twoCpus = `
name: two-cpus
summary: KVM's signature on two vCPUs
source: Linux Documentation/virt/kvm/x86/cpuid.rst
machine: { cpus: 2 }
hypervisor-leaves: listed
cpuid:
  - { leaf: 0x40000000, eax: 0x40000001, signature: KVMKVMKVM }
  - { leaf: 0x40000001, eax: 0 }
expect: [{ hypervisor: KVM, paravirt: KVM }]
`
const silences = (rom: string) => `
name: firmware-hangs
summary: a card whose ROM never returns to SeaBIOS
source: PCI Firmware Specification 3.0, chapter 5
machine: { devices: ["e1000,romfile=${rom}"] }
expect: [{ outcome: firmware-hang }]
---
name: kernel-hangs
summary: five-level paging in leaf 7, on a CPU without it
source: Linux arch/x86/boot/compressed/pgtable_64.c, paging_prepare() - it trusts CPUID
kernel: { config: [X86_5LEVEL] }
cpuid: [{ leaf: 7, subleaf: 0, ecx: 0bxxxxxxxxxxxxxxx1xxxxxxxxxxxxxxxx }]
expect: [{ outcome: timeout }]
`

/** A card's ROM (PCI Firmware Specification 3.0, section 5.1) for QEMU's e1000 whose code is one jump to itself. */
function endlessRom(): Buffer {
  const rom = Buffer.alloc(512)
  rom.set([0x55, 0xaa, 1, 0xeb, 0xfe])
  rom.writeUInt16LE(0x1c, 0x18)
  rom.write('PCIR', 0x1c, 'latin1')
  rom.writeUInt16LE(0x8086, 0x20)
  rom.writeUInt16LE(0x100e, 0x22)
  // Its own length, class 0200 (Ethernet), one block of 512 bytes, code for PCs, the last image.
  rom.writeUInt16LE(0x18, 0x26)
  rom.set([0, 0, 2], 0x29)
  rom.writeUInt16LE(1, 0x2c)
  rom[0x31] = 0x80
  rom[511] = -rom.reduce((sum, byte) => sum + byte, 0) & 0xff
  return rom
}

async function runText(t: Test, text: string, options: Partial<RunOptions> = {}) {
  const file = join(t.testdir(), 'scenarios.yaml')
  writeFileSync(file, text)
  return runAll(t, loadScenarios([file]), options)
}

async function runAll(
  t: Test,
  scenarios: RunOptions['scenarios'],
  options: Partial<RunOptions> = {},
): Promise<GuiseRecord[]> {
  return run({
    scenarios,
    kernels: ['debian:bookworm'],
    accelerator: 'tcg',
    jobs: 2,
    output: join(t.testdirName, 'out'),
    signal: new AbortController().signal,
    ...options,
  })
}

function summaryOf({ scenario, outcome, verdict, why, applied, ending, timing }: GuiseRecord) {
  return { scenario, outcome, verdict, why, applied, ending, timing }
}

/** The console of the only guest in an output folder, as far as it is there. */
function consoleOf(output: string): string {
  const [kernel] = existsSync(output) ? readdirSync(output) : []
  const path = join(output, kernel ?? '', 'xen-cpuid-only.console.log')
  return existsSync(path) ? readFileSync(path, 'latin1') : ''
}

t.test('a panic, and a reset without a word', async t => {
  const records = await runText(t, endings)
  t.match(records.map(summaryOf), [
    { scenario: 'panics', outcome: 'panic', verdict: 'pass', applied: null },
    { scenario: 'resets', outcome: 'reset', verdict: 'pass', applied: null },
  ])
  t.match(records[0]?.ending, /^Kernel panic - not syncing: VFS: Unable to mount root fs/)
})

for (const [channel, device] of [
  ['shared-memory', 'ivshmem-plain,memdev=report'],
  ['serial', 'chardev:report'],
] as const) {
  t.test(`two vCPUs report through ${channel}`, async t => {
    const [record] = await runText(t, twoCpus, { channel })
    t.match(record && summaryOf(record), { outcome: 'reported', verdict: 'pass', applied: true })
    t.strictSame(
      record?.cpuid.got.map(({ cpu }) => cpu),
      [0, 1],
    )
    t.ok(record?.qemu.argv.includes(device))
  })
}

t.test('firmware that hangs, and a kernel that hangs in its first words', async t => {
  const rom = join(t.testdir({ 'rom.bin': endlessRom() }), 'rom.bin')
  const file = join(t.testdirName, 'silences.yaml')
  writeFileSync(file, silences(rom))
  // A guest that is well has reported by then.
  const records = await runAll(t, loadScenarios([file]), { totalMs: 8000, allowHostFiles: true })
  t.match(records.map(summaryOf), [
    { scenario: 'firmware-hangs', outcome: 'firmware-hang', verdict: 'pass', applied: null },
    { scenario: 'kernel-hangs', outcome: 'timeout', verdict: 'pass', applied: null },
  ])
})

t.test('an early exception ends the guest within two seconds of its line', async t => {
  const [scenario] = loadScenarios([join(scenariosFolder, 'xen.yaml')])
  const output = join(t.testdir(), 'out')
  let panickedAt = Infinity
  const watch = setInterval(() => {
    if (panickedAt === Infinity && consoleOf(output).includes('PANIC: early exception')) {
      panickedAt = performance.now()
    }
  }, 20)
  const [record] = await runAll(t, scenario === undefined ? [] : [scenario], { output })
  const endedAt = performance.now()
  clearInterval(watch)
  t.match(record && summaryOf(record), {
    scenario: 'xen-cpuid-only',
    outcome: 'early-exception',
    verdict: 'pass',
  })
  t.match(record?.ending, /^PANIC: early exception 0x[0-9a-f]{2}/)
  t.ok(panickedAt < endedAt, 'the line was seen while the guest was up')
  t.ok(endedAt - panickedAt < 2000, `it took ${Math.round(endedAt - panickedAt)} ms`)
})
