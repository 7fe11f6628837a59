import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { isatty } from 'node:tty'

const standardStreams = [0, 1, 2]

/**
 * Puts /dev/null in the place of a terminal that is gone, to be called as guise exits. Node gives its terminals back as it found
 * them and aborts where tcsetattr() refuses (ResetStdio() in src/node.cc): on a closed one it always does, with EIO.
 */
export function releaseClosedTerminals(): void {
  for (const stream of standardStreams) {
    if (!isClosedTerminal(stream)) continue
    closeSync(stream)
    // The lowest number that is free, which is the one just closed.
    openSync('/dev/null', 'r+')
  }
}

/** A terminal that is closed answers no question, not even whether it is one. */
function isClosedTerminal(stream: number): boolean {
  try {
    return fstatSync(stream).isCharacterDevice() && !isatty(stream)
  } catch {
    return false
  }
}

/**
 * Whether guise was started by nohup(1), which has SIGHUP ignored. Node does not hand that on; but nohup also takes stdin away
 * from a terminal, by a file that can be written alone.
 */
export function outlivesTerminal(): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? []
    return (Number.parseInt(flags, 8) & accessMode) === writeOnly
  } catch {
    return false
  }
}

// O_ACCMODE and O_WRONLY of fcntl.h.
const accessMode = 0o3
const writeOnly = 0o1
