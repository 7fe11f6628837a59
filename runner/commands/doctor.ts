import { accessSync, constants, existsSync } from 'node:fs'
import { availableParallelism, cpus, freemem, release } from 'node:os'
import { cacheFolder } from '../../images/cache.js'
import { guiseVersion } from '../version.js'
import { findQemu } from '../launch/qemu.js'
import { guestInit, overrideObject } from '../paths.js'
import { print } from './standard-output.js'

interface Finding {
  readonly ok: boolean
  readonly what: string
  readonly found: string
}

/** `guise doctor`: what this machine has of what guise needs. Status 3 when something that every run needs is missing. */
export async function doctor(qemuPath: string | undefined): Promise<number> {
  const findings = [
    { ok: true, what: 'guise', found: `${guiseVersion()}, Node ${process.versions.node}` },
    {
      ok: true,
      what: 'host',
      found: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, ${Math.round(freemem() / 2 ** 30)} GiB free, kernel ${release()}`,
    },
    await qemuFinding(qemuPath),
    built('override object', overrideObject),
    built('guest init', guestInit),
    { ok: true, what: '/dev/kvm', found: kvmDevice() },
    { ok: true, what: 'cache', found: cacheFolder() },
  ]
  const width = Math.max(...findings.map(({ what }) => what.length))
  for (const { ok, what, found } of findings) {
    await print(`${ok ? 'ok      ' : 'missing '}  ${what.padEnd(width)}  ${found}\n`)
  }
  return findings.every(({ ok }) => ok) ? 0 : 3
}

async function qemuFinding(path: string | undefined): Promise<Finding> {
  try {
    const qemu = await findQemu(path)
    return { ok: true, what: 'QEMU', found: `${qemu.version}, ${qemu.path}` }
  } catch (error) {
    return { ok: false, what: 'QEMU', found: (error as Error).message }
  }
}

function built(what: string, path: string): Finding {
  const ok = existsSync(path)
  return { ok, what, found: ok ? path : `not built: run scripts/quickstart, or npm run build` }
}

function kvmDevice(): string {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return 'opens; whether it boots a kernel only a boot can tell, so --accel auto takes tcg'
  } catch (error) {
    return `does not open (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); --accel auto takes tcg`
  }
}
