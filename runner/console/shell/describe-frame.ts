import type { Frame } from './frames.js'
import { frameTrouble } from './layout.js'

/** What a frame says for a person to read; null for one that says nothing. */
export function describeFrame({ type, payload }: Frame): string | null {
  return type === frameTrouble ? `in the guest: ${payload.toString()}` : null
}
