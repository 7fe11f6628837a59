import { printable } from '../terminal/printable.js'

/** HTML that is as it has to be, no text. */
export interface Html {
  readonly html: string
}

type Piece = string | number | Html | readonly Html[]

/**
 * Makes HTML of a template: whatever stands in it is text, made printable, unless it is {@link Html}; so that what a guest says cannot
 * become markup. Attributes are to stand in double quotes.
 */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return { html: parts.reduce((all, part, index) => all + htmlOf(pieces[index - 1] ?? '') + part) }
}

function htmlOf(piece: Piece): string {
  if (typeof piece === 'string' || typeof piece === 'number') {
    // Two characters that are printable elsewhere, and none of XML's, as which a picture is written (XML 1.0, 2.2, "Char").
    return printable(`${piece}`)
      .replaceAll(/[\ufffe\uffff]/g, found => `\\u{${found.charCodeAt(0).toString(16)}}`)
      .replaceAll(/[&<>"']/g, found => `&#${found.charCodeAt(0)};`)
  }
  return 'html' in piece ? piece.html : piece.map(htmlOf).join('')
}
