import type { FileEntry } from '../cpio.js'

/** A module to be loaded in a guest. */
export interface LoadedModule {
  readonly name: string
  /** The .ko file's content, uncompressed: finit_module(2) takes it as it is. */
  readonly content: Uint8Array
  /** Its options, as one writes them behind modprobe(8)'s name. */
  readonly options?: string
}

/**
 * The files of an initramfs by which guest/modules.c loads modules, in the order given: `modules/load` names the others.
 * Without a module there is no file.
 */
export function moduleEntries(modules: readonly LoadedModule[]): FileEntry[] {
  if (modules.length === 0) return []
  const lines = modules.map(({ name, options = '' }) => `${name}.ko ${options}`.trimEnd())
  return [
    file('modules/load', Buffer.from(lines.map(line => `${line}\n`).join(''))),
    ...modules.map(({ name, content }) => file(`modules/${name}.ko`, content)),
  ]
}

function file(path: string, content: Uint8Array): FileEntry {
  return { type: 'file', path, mode: 0o644, content }
}
