import { accessSync, constants, existsSync } from 'node:fs'
import { availableParallelism, cpus, freemem, release } from 'node:os'
import { cacheFolder } from '../cache/files.js'
import { guiseVersion } from '../version.js'
import { EnvironmentError } from '../errors.js'
import { hostTscKhz } from '../launch/host-tsc.js'
import { probeKvm } from '../launch/kvm-probe.js'
import { probeNested } from '../launch/nested/probe.js'
import { confinementMeans } from '../launch/confinement.js'
import { asLines } from '../report/setup-progress.js'
import type { Qemu } from '../launch/qemu.js'
import { askedQemu } from '../run/find-qemu.js'
import { makeFolders } from '../make-folders.js'
import { guestInit, overrideObject } from '../paths.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import {
  confinementFinding,
  type Finding,
  kvmFinding,
  nestedFinding,
  qemuFinding,
  tscFinding,
} from './doctor-findings.js'
import { interruptible } from './interruptible.js'
import { printPlain } from './standard-output.js'
import { howToBuild } from '../installation.js'
import { counted } from '../terminal/counted.js'

/**
 * `guise doctor`: what this machine has of what guise needs. Status 3 when something that every run needs is missing.
 *
 * @param again - probes KVM and the nested host anew, whatever is remembered
 */
export async function doctor(qemuPath: string | undefined, again: boolean): Promise<number> {
  return interruptible(signal => examine(qemuPath, again, signal), 'ending what was started')
}

async function examine(
  qemuPath: string | undefined,
  again: boolean,
  signal: AbortSignal,
): Promise<number> {
  const findings: Finding[] = [
    { state: 'ok', what: 'guise', found: `${guiseVersion()}, Node ${process.versions.node}` },
    {
      state: 'ok',
      what: 'host',
      found: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${counted(availableParallelism(), 'core')}, ${Math.round(freemem() / 2 ** 30)} GiB free, kernel ${release()}`,
    },
    ...(await qemuFindings(qemuPath, again, signal)),
    built('override object', overrideObject),
    built('guest init', guestInit),
    tscFinding(await hostTscKhz()),
    cacheFinding(),
  ]
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { state, what, found } of findings) {
    await printPlain(`${state.padEnd(7)}   ${what.padEnd(width)}  ${found}\n`)
  }
  return findings.some(({ state }) => state === 'missing') ? 3 : 0
}

/** QEMU, and what depends on it: a KVM that does not work, and no nested host either, is nothing that every run needs. */
async function qemuFindings(
  path: string | undefined,
  again: boolean,
  signal: AbortSignal,
): Promise<Finding[]> {
  let qemu: Qemu | undefined
  let works = false
  const found = await asked('QEMU', signal, async () => {
    const found = await askedQemu(path, { signal, onProgress: asLines(noteOnStderr) })
    qemu = found.qemu
    return qemuFinding(found)
  })
  if (qemu === undefined) return [found]
  const { sandbox } = qemu
  const probed = qemu
  return [
    found,
    await asked('kvm', signal, async () => {
      const kvm = await probeKvm(probed, { again, signal })
      works = kvm.works
      return kvmFinding(kvm)
    }),
    await asked('nested', signal, async () => {
      // With a KVM that works few guests need the nested host, and starting it takes long on a slow machine.
      const mayStart = again ? 'make' : works ? 'recall' : 'start'
      return nestedFinding(await probeNested(mayStart, asLines(noteOnStderr), signal))
    }),
    confinementFinding(sandbox, await confinementMeans(), process.geteuid?.() === 0),
  ]
}

/** What a question comes to; what it takes and the machine lacks is a finding of its own. */
async function asked(
  what: string,
  signal: AbortSignal,
  ask: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await ask()
  } catch (error) {
    if (signal.aborted || !(error instanceof EnvironmentError)) throw error
    return { state: 'missing', what, found: error.message }
  }
}

function cacheFinding(): Finding {
  const folder = cacheFolder()
  try {
    makeFolders(folder)
    accessSync(folder, constants.W_OK)
    return { state: 'ok', what: 'cache', found: folder }
  } catch (error) {
    const found = `${folder} cannot be written: ${(error as Error).message}`
    return { state: 'missing', what: 'cache', found }
  }
}

function built(what: string, path: string): Finding {
  return existsSync(path)
    ? { state: 'ok', what, found: path }
    : { state: 'missing', what, found: `not built: ${howToBuild()}` }
}
