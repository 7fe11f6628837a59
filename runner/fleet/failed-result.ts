import { resolve } from 'node:path'
import { guestSupport } from '../observe/guest-support.js'
import type { AcceleratorChoice } from '../plan/choose-accelerator.js'
import { makeRecord } from '../record/make.js'
import type { RunGuest } from '../run/guest-site.js'
import type { RunResult } from '../run/run-guest.js'
import { guiseVersion } from '../version.js'

/**
 * The record of a guest that no worker brought a result of: an error of the environment.
 *
 * @param why - in words
 * @param worker - which said so; null where none did
 */
export function failedResult(
  { scenario, kernel }: RunGuest,
  run: string,
  accelerator: AcceleratorChoice,
  why: readonly string[],
  worker: string | null,
): RunResult {
  const { spec, release, version, banner, sha256, config } = kernel
  const ofKvm = scenario.needs.fidelity === 'kvm' ? 'nested' : 'tcg'
  const record = makeRecord(
    {
      run,
      scenario: scenario.name,
      file: scenario.file === '' ? null : resolve(scenario.file),
      kernel: { spec, release, version, banner, sha256, guestSupport: guestSupport(config) },
      qemuVersion: 'none',
      qemuWhy: null,
      accelerator: accelerator === 'auto' ? ofKvm : accelerator,
      accelWhy: 'no worker of the queue ran it',
      fingerprint: {
        guise: guiseVersion(),
        qemu: 'none',
        initramfs: null,
        override: null,
        host: { kernel: 'none', cpu: 'none' },
      },
      reruns: [],
    },
    { verdict: 'error', why: [...why] },
    null,
  )
  return {
    record: worker === null ? record : { ...record, worker },
    details: { consoleTail: [] },
  }
}
