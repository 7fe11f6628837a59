import type { CacheFacts } from '../hypervisors/cpu-facts.js'

/** `L1 Data, 32 KiB, 8 ways of 64 sets, lines of 64 bytes, 2 of them: of CPUs 0-1; 2-3`. */
export function describeCache(cache: CacheFacts): string {
  const { level, type, sizeKiB, ways, sets, lineBytes, sharedBy } = cache
  const parts = [
    `L${level} ${type}`,
    ...(sizeKiB === null ? [] : [`${sizeKiB} KiB`]),
    ...(ways === null || sets === null ? [] : [`${ways} ways of ${sets} sets`]),
    ...(lineBytes === null ? [] : [`lines of ${lineBytes} bytes`]),
  ]
  const shown = sharedBy.slice(0, 8).join('; ') + (sharedBy.length > 8 ? '; …' : '')
  return `${parts.join(', ')}, ${sharedBy.length} of them: of CPUs ${shown}`
}
