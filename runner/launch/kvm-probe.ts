import { readdirSync } from 'node:fs'
import { Memo } from '../cache/memo.js'
import { bootId } from './boot-id.js'
import { whyKvmIsClosed } from './kvm-access.js'
import {
  judgeProbe,
  type KvmAnswer,
  kvmAnswerSchema,
  probedLeaf,
  probeItems,
} from './probe-answers.js'
import type { Qemu } from './qemu.js'
import { runTinyGuest } from './tiny-guest.js'

// The key holds the host's boot, so an answer is good for as long as that lasts.
const answers = new Memo('kvm-probes', kvmAnswerSchema)

// A KVM that works answers in a tenth of a second. On a busy host that was emulated itself QEMU alone took ten seconds to start.
const deadlineMs = 60_000

/** How KVM is asked. */
export interface ProbeOptions {
  /** Asks anew whatever is remembered. */
  readonly again?: boolean
  /** Ends the question. */
  readonly signal?: AbortSignal
}

/**
 * Learns whether KVM works by running a tiny guest of our own under it: a leaf that the override sets, timed loops,
 * an instruction with a VEX prefix. Opening /dev/kvm says nothing: one that emulates guest code opens and boots no
 * kernel. A yes is believed for this boot of the host, this QEMU and these KVM modules, until a later no takes its place; a no
 * is asked anew each time, since a busy machine may have said it.
 *
 * @throws the signal's reason
 * @throws EnvironmentError when guise's own part of it is not built
 */
export async function probeKvm(
  qemu: Qemu,
  { again = false, signal }: ProbeOptions = {},
): Promise<KvmAnswer> {
  const closed = whyKvmIsClosed()
  if (closed !== null) return { works: false, reason: closed, cyclesPerTurn: null }
  const key = probeKey(qemu)
  const before = again ? undefined : answers.get(key)?.value
  if (before?.works === true) return before
  const answer = await runProbe(qemu, signal)
  await answers.set(key, answer)
  return answer
}

/** What an answer is good for: this boot, this QEMU, these modules. */
export function probeKey(qemu: Qemu): string {
  const modules = readdirSync('/sys/module').filter(name => /^kvm(?:_|$)/.test(name))
  return [bootId(), qemu.path, qemu.version, ...modules.sort()].join(' ')
}

async function runProbe(qemu: Qemu, signal: AbortSignal | undefined): Promise<KvmAnswer> {
  const job = { machine: 'microvm', accelerator: 'kvm', table: probeTable } as const
  const run = await runTinyGuest(qemu, { ...job, items: probeItems, deadlineMs }, signal)
  return judgeProbe(run)
}

const probeTable = `guise-cpuid 2 kvm
leaf 0x${probedLeaf.leaf} - - 0x00000000 0x${probedLeaf.eax} 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000 0x00000000
`
