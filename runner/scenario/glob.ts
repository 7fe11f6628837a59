/** Whether a word is a glob: `*`, `?` or `[` stands in it. */
export function isGlob(word: string): boolean {
  return /[*?[]/.test(word)
}

/**
 * A regular expression's source for what a shell would match with a glob (`*`, `?`, `[abc]`, `[!abc]`), from the beginning to the end. A
 * range such as `[z-a]` makes it none that compiles.
 */
export function globSource(glob: string): string {
  const pattern = glob
    .split(/(\[[^\]/]+\]|[*?])/)
    .map(part => {
      if (part === '*') return '.*'
      if (part === '?') return '.'
      const set = /^\[(!?)(.+)\]$/.exec(part)
      if (set === null) return part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      return `[${set[1] === '!' ? '^' : ''}${(set[2] ?? '').replace(/[\\^[]/g, '\\$&')}]`
    })
    .join('')
  return `^${pattern}$`
}
