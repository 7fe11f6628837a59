import type { OnProgress, SetupProgress } from '../../images/progress.js'

/** How long a line that is not drawn over stands alone, in milliseconds. */
const betweenLinesMs = 10_000

/** `downloading 32/61 packages, 41 MB`; `building 843/1557, 4 min left`; a note is its own text. */
export function formatSetup(progress: SetupProgress): string {
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
      const left = secondsLeft(progress)
      return `building ${done}/${total}${left === null ? '' : `, ${duration(left)} left`}`
    }
  }
}

/** How long set-up goes on, in seconds, at the pace so far; null where that cannot be told. */
export function secondsLeft(progress: SetupProgress): number | null {
  if (progress.kind !== 'build' || progress.total === null || progress.done === 0) return null
  const { done, total, elapsedMs } = progress
  return ((elapsedMs / done) * Math.max(0, total - done)) / 1000
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
