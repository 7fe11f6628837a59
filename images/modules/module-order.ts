import { elfSections } from '../elf.js'

/**
 * The names of the modules that a kernel module says it needs: `depends=` in its `.modinfo` section, a list of NUL-ended
 * `key=value` (the kernel's scripts/mod/modpost.c, add_depends()). Debian's packages have no modules.dep.
 *
 * @param module - an uncompressed .ko file
 * @throws TypeError where it is none
 */
export function moduleDependencies(module: Buffer): string[] {
  const info = elfSections(module).get('.modinfo')
  if (info === undefined) throw new TypeError('a module without .modinfo')
  const entry = info
    .toString('latin1')
    .split('\0')
    .find(text => text.startsWith('depends='))
  return (entry ?? '')
    .slice('depends='.length)
    .split(',')
    .filter(name => name !== '')
}

/**
 * The modules that are to be loaded for `wanted`, each behind those it needs.
 *
 * @param dependenciesOf - the modules that one needs
 */
export async function loadOrder(
  wanted: readonly string[],
  dependenciesOf: (name: string) => Promise<readonly string[]>,
): Promise<string[]> {
  const order = new Set<string>()
  const visit = async (name: string) => {
    if (order.has(name)) return
    // modpost refuses cycles, so that this comes to an end.
    for (const needed of await dependenciesOf(name)) await visit(needed)
    order.add(name)
  }
  for (const name of wanted) await visit(name)
  return [...order]
}
