import type { OnProgress, SetupProgress } from '../../images/progress.js'

/** How long a line that is not drawn over stands alone, in milliseconds. */
const betweenLinesMs = 10_000

/** {@link describeSetup}, and how long it goes on where that is known: `building 843/1557, 4 min left`. */
export function formatSetup(progress: SetupProgress): string {
  const leftMs = progress.kind === 'build' ? setupLeftMs(progress, progress.elapsedMs) : null
  const left = leftMs === null ? '' : `, ${duration(leftMs / 1000)} left`
  return describeSetup(progress) + left
}

/** `downloading 32/61 packages, 41 MB`; `building 843/1557`; a note is its own text. */
export function describeSetup(progress: SetupProgress): string {
  switch (progress.kind) {
    case 'note':
      return progress.text
    case 'download': {
      const { done, total, bytes } = progress
      return `downloading ${done}/${total} ${total === 1 ? 'package' : 'packages'}, ${Math.round(bytes / 1e6)} MB`
    }
    case 'build': {
      const { done, total } = progress
      if (total === null) return `building ${done} ${done === 1 ? 'object' : 'objects'}`
      return `building ${done}/${total}`
    }
  }
}

/**
 * How long set-up goes on at the pace so far, in milliseconds; null where that cannot be told.
 *
 * @param elapsedMs - since it began
 */
export function setupLeftMs(progress: SetupProgress, elapsedMs: number): number | null {
  if (progress.kind === 'note' || progress.total === null || progress.done === 0) return null
  const { done, total } = progress
  return (elapsedMs / done) * Math.max(0, total - done)
}

function duration(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}

/**
 * Turns progress into lines that stay, for where no line is drawn over: each note, and of the rest one every ten seconds.
 *
 * @param now - the time, in milliseconds
 */
export function asLines(write: (line: string) => void, now = () => performance.now()): OnProgress {
  let last = -Infinity
  return progress => {
    if (progress.kind !== 'note') {
      if (now() - last < betweenLinesMs) return
      last = now()
    }
    write(formatSetup(progress))
  }
}
