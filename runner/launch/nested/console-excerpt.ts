/** How much of the console a message about the host's end quotes, in lines. */
const quotedLines = 15

/** The first sign that the nested host's kernel is about to end: what comes after it is mostly registers. */
const fatal =
  /Kernel panic|BUG: |Oops|int3: |general protection|double fault|WARNING: CPU|guise-agent: |rcu: INFO/

/**
 * The part of a nested host's console that says why it ended: from the first fatal line on, or else its last lines. It is quiet
 * before.
 */
export function consoleExcerpt(console: string): string {
  const lines = console.split(/\r?\n/).filter(line => line.trim() !== '')
  const start = lines.findIndex(line => fatal.test(line))
  const excerpt = start === -1 ? lines.slice(-quotedLines) : lines.slice(start, start + quotedLines)
  return excerpt.join('\n')
}
