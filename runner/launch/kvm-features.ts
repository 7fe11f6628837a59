import * as z from 'zod'
import { Memo } from '../cache/memo.js'
import type { KvmFeature } from '../scenario/schema.js'
import { probeKey } from './kvm-probe.js'
import type { Qemu } from './qemu.js'
import { runTinyGuest } from './tiny-guest.js'

/** How QEMU asks KVM for a feature, and what the kernel's configuration calls it. */
const features: Record<KvmFeature, { readonly accelerator: string; readonly config: string }> = {
  // QEMU docs/system/i386/xen.rst; target/i386/kvm/xen-emu.c, kvm_xen_init(), refuses to start without KVM_CAP_XEN_HVM.
  xen: { accelerator: 'kvm,xen-version=0x4000a,kernel-irqchip=split', config: 'CONFIG_KVM_XEN' },
}

// That it has one; what it lacks is asked anew, since a busy machine may have said so.
const answers = new Memo('kvm-features', z.literal(true))

// With the firmware of machine `pc`, on a KVM that works: half a second.
const deadlineMs = 20_000
// QEMU's status for the tiny guest's "all done".
const statusDone = 67

/**
 * Which of some features this host's KVM lacks, as a sentence, or null. Asked of KVM by starting a QEMU with them; that it has one
 * is remembered for the boot of the host.
 */
export async function missingKvmFeature(
  qemu: Qemu,
  needed: readonly KvmFeature[],
  signal?: AbortSignal,
): Promise<string | null> {
  for (const feature of needed) {
    const key = `${feature} ${probeKey(qemu)}`
    if (answers.get(key) !== undefined) continue
    const reason = await ask(qemu, feature, signal)
    if (reason !== null) return reason
    await answers.set(key, true)
  }
  return null
}

async function ask(
  qemu: Qemu,
  feature: KvmFeature,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { accelerator, config } = features[feature]
  const job = { machine: 'pc', accelerator, table: 'guise-cpuid 2 kvm\n' } as const
  const question = { ...job, items: ['40000000'], deadlineMs }
  const { code, stderr, inTime } = await runTinyGuest(qemu, question, signal)
  if (code === statusDone) return null
  if (!inTime)
    return `needs a KVM with ${feature} (${config}); this machine's did not say in ${deadlineMs / 1000} s whether it has it`
  const said = stderr.trim().split('\n')[0] ?? ''
  return `needs a KVM with ${feature} (${config}); this machine's has none: ${said === '' ? `QEMU ended with status ${code ?? 'none'}` : said}`
}
