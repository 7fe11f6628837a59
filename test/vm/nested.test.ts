import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { buildInitramfs } from '../../images/initramfs.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { asLines } from '../../runner/report/setup-progress.js'
import { buildNestedHost } from '../../images/nested/build.js'
import { completeMarker, sharedMemorySize } from '../../runner/console/protocol/layout.js'
import { parseReport } from '../../runner/console/protocol/parse-report.js'
import type { GuestReport } from '../../runner/console/protocol/report.js'
import { encodeRequest } from '../../runner/console/protocol/request.js'
import { type NestedHost, startNestedHost } from '../../runner/launch/nested/host.js'
import type { NestedGuest } from '../../runner/launch/nested/job.js'
import { NestedHostLostError } from '../../runner/launch/nested/lost.js'
import { guestCommand } from '../../runner/launch/qemu-arguments.js'
import { guestInit, overrideObject } from '../../runner/paths.js'
import { type Plan, planScenario } from '../../runner/plan/plan.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { parseScenario } from '../fixtures/scenario.js'

// Real guests under real KVM, in the nested host.

const folder = await temporaryFolder('nested-test')
t.teardown(() => folder[Symbol.asyncDispose]())
/** The folders of this process's hosts; other tests may have theirs. */
const leftovers = () =>
  readdirSync(tmpdir()).filter(name => name.startsWith(`guise-nested-${process.pid}-`))

const kernel = await resolveKernel('debian:bookworm')
const initramfs = await buildInitramfs({ init: guestInit })
const image = await buildNestedHost({
  onProgress: asLines(message => {
    t.comment(message)
  }),
})

/** QEMU's emulation of Xen, on KVM. */
const xen = 'kvm,xen-version=0x4000a,kernel-irqchip=split'

interface Started {
  readonly guest: NestedGuest
  readonly console: () => string
}

/** Plans a guest as `guise run` does, and starts it; `accelerator` is what scenarios cannot yet say. */
async function start(host: NestedHost, yaml: string, accelerator?: string): Promise<Started> {
  const plan = planned(yaml)
  const table = join(folder.path, `${Math.random()}.cpuid`)
  writeFileSync(table, plan.overrideTable ?? '')
  let console = ''
  const guest = await host.run({
    kernel: kernel.path,
    initramfs: initramfs.path,
    override: plan.overrideTable === null ? null : { object: overrideObject, table },
    command: inside => {
      const { environment, argv } = guestCommand(plan, inside)
      const changed = argv.map((word, at) =>
        argv[at - 1] === '-accel' ? (accelerator ?? word) : word,
      )
      return { environment, argv: changed }
    },
    report: { size: sharedMemorySize, request: encodeRequest(plan.extraLeaves) },
    onConsole: bytes => (console += bytes.toString('latin1')),
  })
  return { guest, console: () => console }
}

function planned(yaml: string): Plan {
  const { qemuVersion } = image
  const target = { accelerator: 'nested', qemuVersion, fullConsole: true } as const
  const plan = planScenario(parseScenario(yaml), { kernel, ...target })
  if ('skip' in plan) throw new Error(plan.skip)
  return plan
}

async function finish(t: Test, { guest, console }: Started): Promise<GuestReport> {
  const exit = await guest.exited
  t.match(exit, { code: 0, signal: null, failedToStart: null })
  t.match(console(), completeMarker)
  const report = parseReport('shared-memory', await guest.report())
  t.ok(report.complete)
  t.strictSame(report.problems, [])
  return report
}

function facts({ files, kmsg }: GuestReport) {
  const clocks = '/sys/devices/system/clocksource/clocksource0/current_clocksource'
  const log = kmsg.map(({ text }) => text)
  return {
    hypervisor: log
      .find(text => text.includes('Hypervisor detected: '))
      ?.split(': ')
      .at(-1),
    clock: files.get(clocks)?.trim(),
    type: files.get('/sys/hypervisor/type')?.trim(),
    log,
  }
}

// A machine under load runs no guest in the few milliseconds in which the kernel counts its timer's ticks, and it panics (Linux
// arch/x86/kernel/apic/io_apic.c, timer_irq_works()). `guise run` runs such a guest again; what is asked here is the host.
const loud = 'kernel: { cmdline: [no_timer_check] }\n'
const quiet = 'kernel: { cmdline: [no_timer_check, loglevel=4] }\n'

await t.test('one host serves each hypervisor for real', async t => {
  let host = await startNestedHost(image)
  t.teardown(() => host.close())
  t.ok(host.alive)

  /** As guise does: where the host is lost, its guests run again in another, at most twice, and that is said. */
  async function served<T>(t: Test, work: () => Promise<T>, retries = 2): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof NestedHostLostError) || retries === 0) throw error
      t.comment(`the nested host was lost and is started again: ${error.message}`)
      await host.close()
      host = await startNestedHost(image)
      return served(t, work, retries - 1)
    }
  }

  const hosted = (name: string, work: (t: Test) => Promise<void>) =>
    t.test(name, t => served(t, () => work(t)))

  hosted('KVM, and the whole console', async t => {
    const started = await start(host, loud)
    t.match(facts(await finish(t, started)), { hypervisor: 'KVM', clock: 'kvm-clock' })
    t.match(started.console(), /^\[ +0\.000000\] Linux version 6\.1/m)
    t.match(started.console(), /Hypervisor detected: KVM/)
  })

  hosted('Xen and Hyper-V, at the same time', async t => {
    const enlightenments = ['relaxed', 'vapic', 'vpindex', 'time', 'synic', 'stimer']
    const properties = ['kvm: off', ...enlightenments.map(name => `hv-${name}: on`)].join(', ')
    const [first, second] = await Promise.all([
      start(host, quiet, xen),
      start(host, `${quiet}needs: { fidelity: kvm }\ncpu: { properties: { ${properties} } }`),
    ])
    t.match(facts(await finish(t, first)), { hypervisor: 'Xen HVM', clock: 'xen', type: 'xen' })
    t.match(facts(await finish(t, second)), {
      hypervisor: 'Microsoft Hyper-V',
      clock: 'hyperv_clocksource_tsc_page',
    })
  })

  hosted('VMware by an override table: QEMU answers for its TSC frequency', async t => {
    const yaml = `${quiet}hypervisor-leaves: listed
cpuid:
  - { leaf: 0x40000000, eax: 0x40000010, signature: VMwareVMware }
`
    const report = await finish(t, await start(host, yaml))
    const { hypervisor, log } = facts(report)
    t.equal(hypervisor, 'VMware')
    const frequency = /TSC freq read from hypervisor : ([\d.]+) MHz/.exec(log.join('\n'))?.[1]
    t.ok(Number(frequency) > 100, `${frequency} MHz`)
  })

  hosted('an arbitrary leaf, and two vCPUs that both have it', async t => {
    const yaml = `${quiet}hypervisor-leaves: model
machine: { cpus: 2 }
cpuid:
  - { leaf: 0x40000055, eax: 0x11223344, ebx: 0x55, ecx: 0x66, edx: 0x77 }
`
    const { cpus } = await finish(t, await start(host, yaml))
    const registers = { eax: 0x11223344, ebx: 0x55, ecx: 0x66, edx: 0x77 }
    const answers = cpus.map(({ leaves }) => leaves.find(({ leaf }) => leaf === 0x40000055))
    t.strictSame(
      answers.map(answer => answer?.registers),
      [registers, registers],
    )
  })

  hosted('a guest can be ended, and one whose QEMU refuses says why', async t => {
    const running = await start(host, loud)
    const refused = await start(host, quiet, 'kvm,no-such-option=1')
    t.match(await refused.guest.exited, { code: 1, stderr: /no-such-option/ })
    // Before QEMU has come so far, SIGTERM simply kills it.
    while (host.alive && running.console() === '')
      await new Promise(resolve => setTimeout(resolve, 50))
    running.guest.end()
    t.equal((await running.guest.exited).code, 0)
    t.match((await running.guest.exited).stderr, /terminating on signal 15/)
  })
})
t.strictSame(leftovers(), [], 'a closed host leaves nothing behind')

/** The processes of nested hosts that this process started. */
function hostProcesses(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1')
  return children
    .split(' ')
    .map(Number)
    .filter(pid => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('guise.slot'))
}

await t.test('a host that is killed is lost with its guests, and can be started again', async t => {
  let death = ''
  const host = await startNestedHost(image, { onDeath: why => (death = why) })
  t.teardown(() => host.close())
  const running = await start(host, loud)
  const [pid = 0] = hostProcesses()
  process.kill(pid, 'SIGKILL')
  await t.rejects(running.guest.exited, NestedHostLostError)
  t.match(death, /SIGKILL/)
  t.notOk(host.alive)
  await t.rejects(start(host, loud), NestedHostLostError)
  await host.close()
  t.strictSame(leftovers(), [])

  const again = await startNestedHost(image)
  t.teardown(() => again.close())
  t.equal(facts(await finish(t, await start(again, quiet))).hypervisor, 'KVM')
  await again.close()
  t.strictSame(hostProcesses(), [])
  t.strictSame(leftovers(), [])
})
