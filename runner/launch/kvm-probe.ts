import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { Memo } from '../../images/memo.js'
import { EnvironmentError } from '../errors.js'
import type { AcceleratorChoice } from './choose-accelerator.js'
import { judgeProbe, probedLeaf, probeItems } from './probe-answers.js'
import type { Qemu } from './qemu.js'
import { runTinyGuest } from './tiny-guest.js'

const answerSchema = z.object({
  works: z.boolean(),
  reason: z.string(),
  cyclesPerTurn: z.number().nullable(),
})

/** Whether KVM works on this machine, and why or why not. */
export type KvmAnswer = z.output<typeof answerSchema>

// The key holds the host's boot, so an answer is good for as long as that lasts.
const answers = new Memo('kvm-probes', answerSchema)

// A KVM that works answers in a tenth of a second.
const deadlineMs = 10_000

/**
 * Learns whether KVM works by running a tiny guest of our own under it: a leaf that the override sets, a timed loop,
 * an instruction with a VEX prefix. Opening /dev/kvm says nothing: one that emulates guest code opens and boots no
 * kernel. The answer is remembered for this boot of the host, this QEMU and these KVM modules.
 *
 * @param again - asks anew whatever is remembered
 * @throws EnvironmentError when guise's own part of it is not built
 */
export async function probeKvm(qemu: Qemu, again = false): Promise<KvmAnswer> {
  const closed = whyClosed()
  if (closed !== null) return { works: false, reason: closed, cyclesPerTurn: null }
  const key = probeKey(qemu)
  if (again) await answers.record(key, await runProbe(qemu))
  return answers.remember(key, () => runProbe(qemu))
}

/**
 * Whether a run may take KVM: probed only where it is asked for, or may be chosen.
 *
 * @throws EnvironmentError when KVM is asked for and does not work
 */
export async function kvmWorks(qemu: Qemu, asked: AcceleratorChoice): Promise<boolean> {
  if (asked !== 'kvm' && asked !== 'auto') return false
  const { works, reason } = await probeKvm(qemu)
  if (asked === 'kvm' && !works) {
    throw new EnvironmentError(
      `--accel kvm: KVM does not work on this machine: ${reason}; --accel nested has real KVM, slower, and --accel tcg the leaves alone`,
    )
  }
  return works
}

/** Remembers that KVM gave a guest up, so that nobody trusts it again in this boot of the host. */
export async function markKvmBad(qemu: Qemu, reason: string): Promise<void> {
  await answers.record(probeKey(qemu), { works: false, reason, cyclesPerTurn: null })
}

function whyClosed(): string | null {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return null
  } catch (error) {
    return `/dev/kvm does not open: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`
  }
}

/** What an answer is good for: this boot, this QEMU, these modules. */
export function probeKey(qemu: Qemu): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const modules = readdirSync('/sys/module').filter(name => /^kvm(?:_|$)/.test(name))
  return [boot, qemu.path, qemu.version, ...modules.sort()].join(' ')
}

async function runProbe(qemu: Qemu): Promise<KvmAnswer> {
  const run = await runTinyGuest(qemu, {
    machine: 'microvm',
    accelerator: 'kvm',
    table: probeTable,
    items: probeItems,
    deadlineMs,
  })
  return judgeProbe(run)
}

const probeTable = `guise-cpuid 1 kvm
leaf 0x${probedLeaf.leaf} - 0x00000000 0x${probedLeaf.eax} 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000
`
