import { readFileSync } from 'node:fs'

/** The rate of this machine's TSC, in kHz, as its kernel gives it for the first CPU. */
export function tscKhz(): number {
  const mhz = /^cpu MHz\s*: ([0-9.]+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
  return Math.round(Number(mhz) * 1000)
}
