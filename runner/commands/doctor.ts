import { existsSync } from 'node:fs'
import { availableParallelism, cpus, freemem, release } from 'node:os'
import { cacheFolder } from '../../images/cache.js'
import { guiseVersion } from '../version.js'
import { EnvironmentError } from '../errors.js'
import { probeKvm } from '../launch/kvm-probe.js'
import { probeNested } from '../launch/nested/probe.js'
import { asLines } from '../report/setup-progress.js'
import { findQemu } from '../launch/qemu.js'
import { guestInit, overrideObject } from '../paths.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print } from './standard-output.js'

interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly found: string
}

/**
 * `guise doctor`: what this machine has of what guise needs. Status 3 when something that every run needs is missing.
 *
 * @param again - probes KVM and the nested host anew, whatever is remembered
 */
export async function doctor(qemuPath: string | undefined, again: boolean): Promise<number> {
  const findings = [
    { ok: true, what: 'guise', found: `${guiseVersion()}, Node ${process.versions.node}` },
    {
      ok: true,
      what: 'host',
      found: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(freemem() / 2 ** 30)} GiB free, kernel ${release()}`,
    },
    ...(await qemuFindings(qemuPath, again)),
    built('override object', overrideObject),
    built('guest init', guestInit),
    { ok: true, what: 'cache', found: cacheFolder() },
  ]
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { ok, what, found } of findings) {
    await print(`${ok ? 'ok      ' : 'missing '}  ${what.padEnd(width)}  ${found}\n`)
  }
  return findings.every(({ ok }) => ok) ? 0 : 3
}

/** QEMU, and what depends on it: a KVM that does not work, and no nested host either, is nothing that every run needs. */
async function qemuFindings(path: string | undefined, again: boolean): Promise<Finding[]> {
  try {
    const qemu = await findQemu(path)
    const kvm = await probeKvm(qemu, again)
    const nested = await probeNested(again, asLines(noteOnStderr))
    return [
      { ok: true, what: 'QEMU', found: `${qemu.version}, ${qemu.path}` },
      { ok: true, what: 'kvm', found: describe(kvm) },
      { ok: true, what: 'nested', found: describe(nested) },
    ]
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return [{ ok: false, what: 'QEMU', found: error.message }]
  }
}

function built(what: string, path: string): Finding {
  const ok = existsSync(path)
  return { ok, what, found: ok ? path : `not built: run scripts/quickstart, or npm run build` }
}

function describe({ works, reason }: { works: boolean | null; reason: string }): string {
  if (works === null) return reason
  return `${works ? 'works' : 'unusable'}: ${reason}`
}
