import { join } from 'node:path'
import { storeBytes } from '../../runner/cache/files.js'
import { EnvironmentError, InputError } from '../../runner/errors.js'
import { nearest } from '../../runner/scenario/nearest.js'
import { inspectImage } from './image.js'
import type { Kernel } from './kernel.js'
import { symbolFile } from './symbol-file.js'
import type { SymbolTable } from './symbol-table.js'
import { hasLinkedSymbols, kernelSymbols } from './symbols.js'

/** What a debugger is told of a kernel. */
export interface DebuggerSymbols {
  /** The file for gdb to read: a vmlinux, or one that guise has made. */
  readonly file: string
  /** Whether it is the kernel's own vmlinux, which may know lines and variables, too. */
  readonly isVmlinux: boolean
  readonly table: SymbolTable
}

/**
 * Finds the symbols of a kernel: its vmlinux, if that lies in its build tree or is what is booted; or else a file that guise makes of
 * the kernel's own table, which knows functions alone.
 *
 * @throws EnvironmentError where the kernel has no such table
 */
export async function debuggerSymbols(
  kernel: Pick<Kernel, 'spec' | 'path' | 'format' | 'modules' | 'release' | 'banner'>,
): Promise<DebuggerSymbols> {
  const vmlinux = await vmlinuxOf(kernel)
  const table = await kernelSymbols(vmlinux ?? kernel.path)
  if (table === null) {
    throw new EnvironmentError(
      `kernel ${kernel.spec}: expected a table of its symbols, got none: it was built without CONFIG_KALLSYMS, or what unpacks it is not installed`,
    )
  }
  if (vmlinux !== null) return { file: vmlinux, isVmlinux: true, table }
  const { path } = await storeBytes('symbols', '.elf', symbolFile(table.symbols))
  return { file: path, isVmlinux: false, table }
}

/**
 * The place of a function.
 *
 * @throws InputError where there is none of that name, with those whose names are like it, or where there are several
 */
export function addressOf(table: SymbolTable, name: string): bigint {
  const [address, other] = table.addressesOf(name)
  if (address === undefined) {
    const near = nearest(name, [...new Set(table.symbols.map(symbol => symbol.name))])
    const meant = near.length > 0 ? `; did you mean ${near.join(', ')}?` : ''
    throw new InputError(`--gdb: the kernel has no function \`${name}\`${meant}`)
  }
  if (other !== undefined) {
    throw new InputError(`--gdb: expected the name of one function, and several are \`${name}\``)
  }
  return address
}

async function vmlinuxOf(
  kernel: Pick<Kernel, 'path' | 'format' | 'modules' | 'release' | 'banner'>,
): Promise<string | null> {
  const { path, format, modules } = kernel
  const places = [
    ...(format === 'vmlinux' ? [path] : []),
    ...(modules.from === 'tree' ? [join(modules.path, 'vmlinux')] : []),
  ]
  for (const place of places) {
    try {
      const facts = await inspectImage(place, place)
      const isSame = facts.release === kernel.release && buildOf(facts) === buildOf(kernel)
      if (isSame && (await hasLinkedSymbols(place))) return place
    } catch {
      // A tree that was cleaned, or built for another machine.
    }
  }
  return null
}

/** `#1 SMP ...`: which build it was, and when; what stands before differs between a bzImage and its vmlinux. */
function buildOf({ banner }: { readonly banner: string }): string {
  return /#\d.*/.exec(banner)?.[0] ?? banner
}
