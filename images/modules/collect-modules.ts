import type { FileEntry } from '../cpio.js'
import { moduleEntries } from './module-entries.js'
import type { FindModule } from './module-folder.js'
import { loadOrder } from './module-order.js'

/** What came of a collection: the files of an initramfs, or the names of the modules that the kernel does not have. */
export type CollectedModules =
  { readonly files: readonly FileEntry[] } | { readonly absent: readonly string[] }

/**
 * Collects modules with all that they need, as files of an initramfs, and the list by which they are loaded. What is part of the
 * kernel image needs no file.
 *
 * @param wanted - the modules, by their names as the kernel has them, with their options
 */
export async function collectModules(
  find: FindModule,
  wanted: ReadonlyMap<string, string>,
): Promise<CollectedModules> {
  const absent: string[] = []
  const contents = new Map<string, Buffer>()
  const order = await loadOrder([...wanted.keys()], async name => {
    const found = await find(name)
    if (found.kind === 'absent') absent.push(name)
    if (found.kind !== 'file') return []
    contents.set(name, found.content)
    return found.depends
  })
  if (absent.length > 0) return { absent }
  const loaded = order.flatMap(name => {
    const content = contents.get(name)
    return content === undefined ? [] : [{ name, content, options: wanted.get(name) ?? '' }]
  })
  return { files: moduleEntries(loaded) }
}
