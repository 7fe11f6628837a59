import { printable } from '../terminal/printable.js'

/**
 * Text as the content of an element or the value of an attribute of XML 1.0, whose characters are fewer than Unicode's (2.2, "Char"): what is
 * none of them is spelled out, as are those that a terminal would obey. Ends of lines stay.
 */
export function xmlText(text: string): string {
  return text
    .split('\n')
    .map(line => printable(line).replaceAll(/[\ufffe\uffff]/g, hex))
    .join('\n')
    .replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/** Attributes, a blank before each. */
export function xmlAttributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlText(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('')
}

function hex(character: string): string {
  return `\\u{${character.charCodeAt(0).toString(16)}}`
}
