import { createHash } from 'node:crypto'
import type { Kernel } from '../../images/kernel/kernel.js'
import type { RunManifest } from '../record/run-manifest.js'
import type { Scenario } from '../scenario/scenario.js'
import type { FullRunOptions } from './options.js'
import { guiseVersion } from '../version.js'

/** What a run that starts now says of itself. */
export function makeManifest(
  options: FullRunOptions,
  kernels: readonly Kernel[],
  started: Date,
): RunManifest {
  const { accelerator, qemu, jobs, channel, clock, fullConsole, allowHostFiles, totalMs } = options
  return {
    schema: 'guise-run-1',
    run: `${started.toISOString()}-${process.pid}`,
    started: started.toISOString(),
    ended: null,
    notRun: 0,
    ...(options.shard && { shard: options.shard }),
    ...(options.repetition && { repetition: options.repetition }),
    guise: guiseVersion(),
    command: [...options.command],
    cwd: process.cwd(),
    kernels: kernels.map(kernel => ({
      spec: kernel.spec,
      release: kernel.release,
      version: kernel.version,
      sha256: kernel.sha256,
      folder: folderName(kernel, kernels),
      ...(options.only?.has(kernel.spec) === true && {
        scenarios: [...(options.only.get(kernel.spec) ?? [])],
      }),
    })),
    scenarios: options.scenarios.map(scenario => ({
      name: scenario.name,
      file: scenario.file,
      digest: scenarioDigest(scenario),
    })),
    options: {
      accelerator,
      qemu: qemu ?? null,
      jobs,
      channel: channel ?? null,
      clock: clock ?? null,
      fullConsole: fullConsole ?? false,
      allowHostFiles: allowHostFiles ?? false,
      totalMs: totalMs ?? null,
    },
  }
}

/** Changes with whatever a scenario says, wherever its file lies. */
export function scenarioDigest(scenario: Scenario): string {
  return sha256(JSON.stringify({ ...scenario, file: undefined }))
}

/** A kernel's folder: its release, with a piece of the digest where two kernels of the run share one. */
function folderName({ release, sha256 }: Kernel, kernels: readonly Kernel[]): string {
  const shared = kernels.filter(other => other.release === release).length > 1
  return shared ? `${release}-${sha256.slice(0, 8)}` : release
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
