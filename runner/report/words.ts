/** `a`, `a and b`, `a, b and c`. */
export function inWords(items: readonly (string | number)[]): string {
  const texts = items.map(String)
  const last = texts.at(-1) ?? ''
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`
}

/** What a pattern asks of a text: that it has a text in it, or matches a regular expression between slashes. */
export function patternInWords(pattern: string): string {
  return /^\/.+\/$/s.test(pattern) ? `matches ${pattern}` : `has \`${pattern}\``
}

/**
 * Words for each field of something: what its value means, a line each; no line where it means nothing. A field without words does not
 * compile.
 */
export type WordsFor<T> = {
  readonly [Field in keyof T]-?: (value: NonNullable<T[Field]>, all: T) => readonly string[]
}

/** What each field of `of` that is there says, in the order of the words. */
export function linesOf<T extends object>(
  words: WordsFor<T>,
  of: T,
): { field: string; line: string }[] {
  return (Object.keys(words) as (keyof T & string)[]).flatMap(field => {
    const value = of[field]
    if (value === undefined || value === null) return []
    return words[field](value, of).map(line => ({ field, line }))
  })
}

/** The same without the names of the fields. */
export function sayAll<T extends object>(words: WordsFor<T>, of: T): string[] {
  return linesOf(words, of).map(({ line }) => line)
}
