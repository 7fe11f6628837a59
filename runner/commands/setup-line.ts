import type { OnProgress } from '../../images/progress.js'
import { ProgressLine } from '../report/progress.js'
import { asLines, formatSetup } from '../report/setup-progress.js'
import { standardError } from '../terminal/standard-error.js'

/**
 * Does what makes a kernel ready, with the line on stderr that `guise run` shows of it: drawn over on a terminal; elsewhere, lines
 * that stay.
 */
export async function withSetupLine<T>(
  work: (onProgress: OnProgress) => Promise<T>,
  stream: ConstructorParameters<typeof ProgressLine>[0] = standardError,
): Promise<T> {
  const line = new ProgressLine(stream)
  const lines = asLines(text => {
    line.note(`guise: ${text}`)
  })
  try {
    return await work(progress => {
      if (progress.kind === 'note' || !line.live) lines(progress)
      else line.draw(formatSetup(progress))
    })
  } finally {
    line.clear()
  }
}
