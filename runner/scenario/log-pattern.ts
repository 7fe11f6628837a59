/** The pattern of a `log` entry: a text to be found as it stands, or a regular expression between slashes. */
export function logPatternMatcher(pattern: string): (line: string) => boolean {
  const source = /^\/(.+)\/$/s.exec(pattern)?.[1]
  if (source === undefined) return line => line.includes(pattern)
  const expression = new RegExp(source)
  return line => expression.test(line)
}
