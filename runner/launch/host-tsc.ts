import { execa } from 'execa'
import * as z from 'zod'
import { Memo } from '../cache/memo.js'
import { tscRateProgram } from '../paths.js'
import { bootId } from './boot-id.js'

/** In kHz. */
const rateSchema = z.number().int().positive()

const rates = new Memo('tsc-rates', rateSchema)

// It takes 160 ms; a machine that lets it take longer than this tells a poor rate anyway.
const deadlineMs = 10_000

/**
 * How fast this machine's TSC counts, in kHz, and with it that of every guest that TCG emulates on real time: QEMU's RDTSC
 * (cpu_get_tsc() in target/i386/tcg/system/misc_helper.c and hw/i386/pc.c) is cpus_get_elapsed_ticks(), which without icount is the host's
 * own counter and an offset (cpu_get_ticks() in system/cpu-timers.c). Measured once for each boot of the machine.
 *
 * @returns null where it can't be measured
 */
export async function hostTscKhz(): Promise<number | null> {
  const key = bootId()
  const known = rates.get(key)?.value
  if (known !== undefined) return known
  const measured = await measureTscKhz(tscRateProgram)
  if (measured !== null) await rates.set(key, measured)
  return measured
}

/** Asks the program (runner/native/tsc-rate.c) for it; null where that does not say. */
export async function measureTscKhz(program: string): Promise<number | null> {
  const { failed, stdout } = await execa(program, { reject: false, timeout: deadlineMs })
  return failed ? null : (rateSchema.safeParse(Number(stdout)).data ?? null)
}
