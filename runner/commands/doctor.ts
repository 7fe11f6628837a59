import { existsSync } from 'node:fs'
import { availableParallelism, cpus, freemem, release } from 'node:os'
import { cacheFolder } from '../cache/files.js'
import { guiseVersion } from '../version.js'
import { EnvironmentError } from '../errors.js'
import { hostTscKhz } from '../launch/host-tsc.js'
import { probeKvm } from '../launch/kvm-probe.js'
import { probeNested } from '../launch/nested/probe.js'
import { networkMeans } from '../launch/own-network.js'
import { asLines } from '../report/setup-progress.js'
import { findQemu } from '../launch/qemu.js'
import { guestInit, overrideObject } from '../paths.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import {
  confinementFinding,
  type Finding,
  kvmFinding,
  nestedFinding,
  tscFinding,
} from './doctor-findings.js'
import { printPlain } from './standard-output.js'
import { howToBuild } from '../installation.js'
import { counted } from '../terminal/counted.js'

/**
 * `guise doctor`: what this machine has of what guise needs. Status 3 when something that every run needs is missing.
 *
 * @param again - probes KVM and the nested host anew, whatever is remembered
 */
export async function doctor(qemuPath: string | undefined, again: boolean): Promise<number> {
  const findings: Finding[] = [
    { state: 'ok', what: 'guise', found: `${guiseVersion()}, Node ${process.versions.node}` },
    {
      state: 'ok',
      what: 'host',
      found: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${counted(availableParallelism(), 'core')}, ${Math.round(freemem() / 2 ** 30)} GiB free, kernel ${release()}`,
    },
    ...(await qemuFindings(qemuPath, again)),
    built('override object', overrideObject),
    built('guest init', guestInit),
    tscFinding(await hostTscKhz()),
    { state: 'ok', what: 'cache', found: cacheFolder() },
  ]
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { state, what, found } of findings) {
    await printPlain(`${state.padEnd(7)}   ${what.padEnd(width)}  ${found}\n`)
  }
  return findings.some(({ state }) => state === 'missing') ? 3 : 0
}

/** QEMU, and what depends on it: a KVM that does not work, and no nested host either, is nothing that every run needs. */
async function qemuFindings(path: string | undefined, again: boolean): Promise<Finding[]> {
  try {
    const qemu = await findQemu(path)
    const kvm = await probeKvm(qemu, { again })
    // With a KVM that works few guests need the nested host, and starting it takes long on a slow machine.
    const mayStart = again ? 'make' : kvm.works ? 'recall' : 'start'
    const nested = await probeNested(mayStart, asLines(noteOnStderr))
    return [
      { state: 'ok', what: 'QEMU', found: `${qemu.version}, ${qemu.path}` },
      kvmFinding(kvm),
      nestedFinding(nested),
      confinementFinding(qemu.sandbox, networkMeans()),
    ]
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return [{ state: 'missing', what: 'QEMU', found: error.message }]
  }
}

function built(what: string, path: string): Finding {
  return existsSync(path)
    ? { state: 'ok', what, found: path }
    : { state: 'missing', what, found: `not built: ${howToBuild()}` }
}
