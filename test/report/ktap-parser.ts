/** A result as a reader of KTAP takes it. */
export interface KtapResult {
  readonly ok: boolean
  readonly name: string
  /** Such as SKIP; null where there is none. */
  readonly directive: string | null
  readonly reason: string
  /** The lines before it that begin with `# `. */
  readonly diagnostics: readonly string[]
  readonly children: readonly KtapResult[]
}

/**
 * A strict reader of KTAP version 1, by Documentation/dev-tools/ktap.rst alone.
 *
 * @throws Error where a version line, a plan, a number or an indentation is not as it has to be
 */
export function parseKtap(text: string): KtapResult[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const lines = text.slice(0, -1).split('\n')
  const at = { line: 0 }
  const level = (indent: string): KtapResult[] => {
    const next = () => lines[at.line]
    if (next() !== `${indent}KTAP version 1`) throw new Error(`line ${at.line + 1}: no version`)
    at.line += 1
    const plan = /^( *)1\.\.(\d+)$/.exec(next() ?? '')
    if (plan?.[1] !== indent) throw new Error(`line ${at.line + 1}: no plan`)
    at.line += 1
    const results: KtapResult[] = []
    let diagnostics: string[] = []
    let children: KtapResult[] = []
    while (at.line < lines.length) {
      const line = next() ?? ''
      if (line.startsWith(`${indent}  KTAP version 1`)) {
        children = level(`${indent}  `)
        continue
      }
      if (!line.startsWith(indent)) break
      const own = line.slice(indent.length)
      const result = /^(ok|not ok) (\d+) (?:- )?([^#]*?)(?: # ([A-Z]+)(?: (.*))?)?$/.exec(own)
      if (result !== null) {
        const [, word, number, name = '', directive = null, reason = ''] = result
        if (Number(number) !== results.length + 1)
          throw new Error(`line ${at.line + 1}: number ${number ?? ''}`)
        if (name === '') throw new Error(`line ${at.line + 1}: no name`)
        results.push({ ok: word === 'ok', name, directive, reason, diagnostics, children })
        ;[diagnostics, children] = [[], []]
      } else if (own.startsWith('# ')) diagnostics.push(own.slice(2))
      else throw new Error(`line ${at.line + 1}: ${line}`)
      at.line += 1
      if (indent !== '' && results.length === Number(plan[2])) break
    }
    if (results.length !== Number(plan[2]))
      throw new Error(`planned ${plan[2] ?? ''}, got ${results.length}`)
    for (const { ok, children, name } of results) {
      const failed = children.some(child => !child.ok)
      if (children.length > 0 && ok === failed)
        throw new Error(`${name} is not what its subtests are`)
    }
    return results
  }
  const results = level('')
  if (at.line !== lines.length) throw new Error(`line ${at.line + 1}: behind the end`)
  return results
}
