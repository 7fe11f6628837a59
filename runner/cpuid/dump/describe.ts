import { hex32 } from '../leaf.js'
import { counted } from '../../terminal/counted.js'
import { quote } from '../../terminal/printable.js'
import type { DumpNote, DumpProblem } from './note.js'

/** One line for what a dump holds besides its leaves: `FILE:3: "Disclaimer: …" and 40 more lines are no leaves`. */
export function describeNote(file: string, note: DumpNote): string {
  const place = `${file}:${note.line}`
  switch (note.kind) {
    case 'foreign':
      return note.more === 0
        ? `${place}: ${quote(note.text)} is no leaf`
        : `${place}: ${quote(note.text)} and ${counted(note.more, 'more line')} are no leaves`
    case 'again': {
      const first = note.differing.slice(0, 5).map(hex32).join(', ')
      const more = note.differing.length > 5 ? ', …' : ''
      return note.differing.length === 0
        ? `${place}: CPU ${note.cpu} is listed again, the same`
        : `${place}: CPU ${note.cpu} is listed again, with other values of ${first}${more}: the first listing counts`
    }
    case 'empty':
      return `${place}: ${note.cpu === null ? 'a CPU' : `CPU ${note.cpu}`} has no leaves`
  }
}

/** What was expected in a dump and what stands there instead. */
export function gotOf({ text }: DumpProblem): string {
  return text === null ? 'a text without a leaf' : quote(text)
}
