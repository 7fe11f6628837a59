/** What Node says of a stream that may be a terminal. */
export interface OutputStream {
  /** Missing where the stream is no terminal, which picocolors would take for leave to guess (CI, FORCE_COLOR). */
  readonly isTTY?: boolean
  /** Missing where the stream is no terminal; 0 on a terminal that was never given a size. */
  readonly columns?: number
}

/** The environment variables that say what a terminal can do. */
interface TerminalEnvironment {
  readonly TERM?: string | undefined
  readonly NO_COLOR?: string | undefined
}

/** What is taken for the width of a terminal that does not know its own. */
const usualWidth = 80

/** Whether a stream is a terminal. */
export function isTerminal(stream: OutputStream): boolean {
  return stream.isTTY === true
}

/** Whether a stream is a terminal that obeys escape sequences, so that a line can be drawn over. */
export function drawsOver(stream: OutputStream, env: TerminalEnvironment = process.env): boolean {
  return isTerminal(stream) && env.TERM !== 'dumb'
}

/** Whether a stream gets colours: a terminal that can show them, and nobody who objects (no-color.org). */
export function wantsColour(stream: OutputStream, env: TerminalEnvironment = process.env): boolean {
  return drawsOver(stream, env) && (env.NO_COLOR ?? '') === ''
}

/** How many columns a stream's lines may have. */
export function terminalWidth({ columns = 0 }: OutputStream): number {
  return columns > 0 ? columns : usualWidth
}
