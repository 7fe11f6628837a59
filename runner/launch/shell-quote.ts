/** A command as one line that works when pasted into a POSIX shell. */
export function shellQuote(command: readonly string[]): string {
  return command.map(quoteWord).join(' ')
}

function quoteWord(word: string): string {
  // An assignment is quoted behind its `=`, so that `env NAME='a b'` stays readable.
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}
