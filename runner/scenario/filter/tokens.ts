/** What a piece of a filter expression is. */
export type TokenKind =
  'word' | 'text' | 'regex' | 'operator' | 'and' | 'or' | 'not' | '(' | ')' | 'end'

/** A piece of a filter expression. */
export interface Token {
  readonly kind: TokenKind
  /** What it means: of a quoted text what stands between the quotes. */
  readonly text: string
  /** As it stands in the expression; empty at its end. */
  readonly source: string
  /** Where it begins, in characters from 1. */
  readonly column: number
}

/** What can't be read in an expression. */
export interface FilterProblem {
  readonly column: number
  readonly expected: string
  /** What stands there. */
  readonly got: string
  /** What may have been meant, the likeliest first. */
  readonly near?: readonly string[]
}

/** A problem on its way out of lexer and parser. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
  readonly problem: FilterProblem

  constructor(problem: FilterProblem) {
    super(`column ${problem.column}: expected ${problem.expected}, got ${problem.got}`)
    this.problem = problem
  }
}

const symbols: readonly (readonly [source: string, kind: TokenKind, text: string])[] = [
  ['!=', 'operator', '!='],
  ['!~', 'operator', '!~'],
  ['==', 'operator', '='],
  ['=', 'operator', '='],
  ['~', 'operator', '~'],
  ['&&', 'and', 'and'],
  ['&', 'and', 'and'],
  ['||', 'or', 'or'],
  ['|', 'or', 'or'],
  ['!', 'not', 'not'],
  ['(', '(', '('],
  [')', ')', ')'],
]

const keywords: readonly string[] = ['and', 'or', 'not'] satisfies TokenKind[]

/**
 * Takes a filter expression apart. The last token is its end.
 *
 * @throws FilterError where a quote or a slash is not closed
 */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const add = (kind: TokenKind, text: string, source: string) => {
    tokens.push({ kind, text, source, column: columnOf(expression, at) })
    at += source.length
  }
  for (;;) {
    at += /^\s*/.exec(expression.slice(at))?.[0].length ?? 0
    const rest = expression.slice(at)
    if (rest === '') break
    const symbol = symbols.find(([source]) => rest.startsWith(source))
    if (symbol !== undefined) {
      const [source, kind, text] = symbol
      add(kind, text, source)
      continue
    }
    const [first = ''] = rest
    if (first === '"' || first === "'" || first === '/') {
      const source = delimited(rest, first, columnOf(expression, at))
      const inner = source.slice(1, -1)
      // In a regular expression a backslash is its own.
      if (first === '/') add('regex', inner.replaceAll('\\/', '/'), source)
      else add('text', inner.replace(/\\(.)/gsu, '$1'), source)
      continue
    }
    const word = /^[^\s()=!~&|"']+/.exec(rest)?.[0] ?? first
    const keyword = keywords.find(each => each === word.toLowerCase())
    add((keyword as TokenKind | undefined) ?? 'word', keyword ?? word, word)
  }
  tokens.push({ kind: 'end', text: '', source: '', column: columnOf(expression, at) })
  return tokens
}

/** What begins with a quote or a slash, up to the one that closes it. */
function delimited(rest: string, mark: string, column: number): string {
  for (let end = 1; end < rest.length; end += 1) {
    if (rest[end] === '\\') end += 1
    else if (rest[end] === mark) return rest.slice(0, end + 1)
  }
  throw new FilterError({ column, expected: `a closing ${mark} behind it`, got: rest })
}

/** A column as an editor counts it, where some characters are two of JavaScript's. */
function columnOf(expression: string, at: number): number {
  return Array.from(expression.slice(0, at)).length + 1
}
