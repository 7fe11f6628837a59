import { elfFile } from '../elf-file.js'

/** A module file that says it needs these modules. */
export function moduleThatNeeds(...names: readonly string[]): Buffer {
  return elfFile({ '.modinfo': Buffer.from(`license=GPL\0depends=${names.join(',')}\0`) })
}
