import { join } from 'node:path'
import type { KernelLogRecord } from '../console/protocol/kmsg.js'
import { writeResult } from './results-folder.js'

/**
 * Keeps the kernel log that a guest reported, as dmesg(1) prints it, beside its console.
 *
 * @returns the path
 * @throws EnvironmentError when it can't be written
 */
export function keepKernelLog(
  folder: string,
  scenario: string,
  log: readonly KernelLogRecord[],
): string {
  const path = join(folder, `${scenario}.kernel.log`)
  writeResult(path, log.map(formatLine).join(''))
  return path
}

function formatLine({ timestampUs, text }: KernelLogRecord): string {
  return `[${(timestampUs / 1e6).toFixed(6).padStart(12)}] ${text}\n`
}
