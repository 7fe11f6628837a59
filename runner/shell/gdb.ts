import { storeBytes } from '../cache/files.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { kernelSymbols } from '../../images/kernel/symbols.js'
import { symbolsAsElf } from '../../images/kernel/symbols-as-elf.js'
import { InputError } from '../errors.js'
import { shellQuote } from '../launch/shell-quote.js'
import { nearest } from '../scenario/nearest.js'

/** Where the kernel looks for its hypervisor (arch/x86/kernel/cpu/hypervisor.c). */
const usualSymbol = 'init_hypervisor_platform'

/** Where gdb is to stop a guest. */
export interface GdbStop {
  readonly symbol: string
  /** Where the kernel is linked to have it. */
  readonly address: bigint
  /** An ELF file with the kernel's symbols. */
  readonly symbols: string
}

/**
 * Finds the function that gdb is to stop at.
 *
 * @param asked - its name; `true`: {@link usualSymbol}
 * @throws InputError where the kernel has no such function, or tells none
 */
export async function gdbStop(kernel: Kernel, asked: true | string): Promise<GdbStop> {
  const symbol = asked === true ? usualSymbol : asked
  const table = await kernelSymbols(kernel.path)
  if (table === null)
    throw new InputError(
      `--gdb: expected a kernel that tells its symbols, got ${kernel.spec}: it has no kallsyms (CONFIG_KALLSYMS)`,
    )
  const address = table.addressOf(symbol)
  if (address === undefined) {
    const near = nearest(
      symbol,
      table.symbols.map(({ name }) => name),
    )
    const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''
    throw new InputError(
      `--gdb: expected a function of ${kernel.version}, got \`${symbol}\`${hint}`,
    )
  }
  // A vmlinux has more than names: lines and types, if it was built with them.
  if (kernel.format === 'vmlinux') return { symbol, address, symbols: kernel.path }
  const { path } = await storeBytes('symbols', '.elf', symbolsAsElf(table.symbols))
  return { symbol, address, symbols: path }
}

/**
 * The command that attaches gdb and stops the guest there. A breakpoint of the CPU's: one in memory would be overwritten when the kernel
 * is unpacked.
 */
export function gdbLine({ symbol, address, symbols }: GdbStop, socket: string): string {
  const steps = [
    `target remote ${socket}`,
    `hbreak *0x${address.toString(16)}`,
    'continue',
    `info symbol $pc`,
  ]
  return `${shellQuote(['gdb', symbols, ...steps.flatMap(each => ['-ex', each])])}  # ${symbol}`
}
