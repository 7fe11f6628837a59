import t from 'tap'
import { lineCounts } from '../../runner/console/line-counts.js'
import { bootInstructions } from '../../runner/observe/boot-instructions.js'

const lines = [
  'SeaBIOS (version 1.16.2)',
  'Probing EDD (edd=off to disable)... ok',
  '[    0.000000] Linux version 6.1.0-56-cloud-amd64 (x@y) #1 SMP',
  '[    0.000000] Command line: Run /a as init process',
  '[    0.100000] Hypervisor detected: KVM',
  '[    0.200000] Hypervisor detected: Xen HVM',
  '[    0.900000] Run /init as init process',
  '',
  'guise: report complete',
  '[    1.000000] reboot: Restarting system',
]

/** A console of some lines, of which the first costs 100 instructions, the next 200, and so on; the kernel begins at 50. */
function guest(said: readonly string[]) {
  const text = said.map(line => `${line}\r\n`)
  const ends = text.map((_, index) => text.slice(0, index + 1).join('').length)
  const counts = ends.map((end, index) => `${end} ${(index + 1) * 100}\n`).join('')
  return { console: text.join(''), counts: lineCounts(`0 50\n${counts}`) }
}

t.test('the milestones of a boot, from where the kernel begins', t => {
  const { counts, console } = guest(lines)
  t.same(bootInstructions(counts, console), {
    firmware: 50,
    unpacked: 250,
    detected: 450,
    init: 650,
    report: 850,
  })
  t.end()
})

t.test('what the console does not have is null', t => {
  const bare = guest(lines.filter(line => !line.includes('Hypervisor')))
  t.equal(bootInstructions(bare.counts, bare.console)?.detected, null)
  const early = guest(lines.slice(0, 3))
  t.same(bootInstructions(early.counts, early.console), {
    firmware: 50,
    unpacked: 250,
    detected: null,
    init: null,
    report: null,
  })
  const untold = guest(['Linux version 6.1.0', 'Run /init as init process'])
  t.match(bootInstructions(untold.counts, untold.console), { unpacked: 50, init: 150 })
  t.end()
})

t.test('nothing is known of a guest whose instructions were not counted', t => {
  const { counts, console } = guest(lines)
  t.equal(bootInstructions([], console), null, 'on real time')
  t.equal(bootInstructions(counts.slice(1), console), null, 'without the beginning of its kernel')
  t.same(
    bootInstructions(counts.slice(0, 1), console),
    { firmware: 50, unpacked: null, detected: null, init: null, report: null },
    'whose lines were not',
  )
  t.end()
})

t.test('no line of user space counts as the kernel’s', t => {
  const { counts, console } = guest([
    'x Linux version 6',
    'a: Hypervisor detected: KVM',
    ' Run /init as init process',
  ])
  t.match(bootInstructions(counts, console), { unpacked: null, detected: null, init: null })
  t.end()
})
