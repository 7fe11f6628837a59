import { nearest } from '../nearest.js'
import { type FilterFieldName, filterFieldNames, filterFields } from './fields.js'
import { matcherOf, type ValueMatcher } from './matcher.js'
import { FilterError, type FilterProblem, type Token, tokensOf } from './tokens.js'

/** `FIELD = VALUE` and the like. */
export interface Comparison {
  readonly kind: 'comparison'
  readonly field: FilterFieldName
  /** Whether it holds where no value of the field matches. */
  readonly negated: boolean
  /** Whether a value of the field matches. */
  readonly matches: ValueMatcher
  /** A value that stands as it is, which some scenario should have; null for a pattern. */
  readonly literal: { readonly text: string; readonly column: number } | null
}

/** A filter expression, read. */
export type Filter =
  | Comparison
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }

// Far more than people write; each level is a call of the parser's.
const mostCharacters = 2000
const mostLevels = 100

/**
 * Reads a filter expression: comparisons `FIELD = VALUE`, `!=`, `~` and `!~`, joined by `and`, `or`, `not` and parentheses, or `&`, `|`
 * and `!`. `not` binds tighter than `and`, `and` tighter than `or`.
 *
 * @returns what can't be read, where it can't
 */
export function parseFilter(expression: string): { filter: Filter } | { problem: FilterProblem } {
  if (expression.length > mostCharacters) {
    const expected = `at most ${mostCharacters} characters`
    return { problem: { column: mostCharacters + 1, expected, got: `${expression.length}` } }
  }
  try {
    return { filter: new Parser(tokensOf(expression)).whole() }
  } catch (error) {
    if (error instanceof FilterError) return { problem: error.problem }
    throw error
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #level = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Filter {
    const filter = this.#joined('or')
    if (this.#next.kind !== 'end') {
      const hint = this.#next.kind === 'word' ? ' (a value with a space stands in quotes)' : ''
      throw this.#unlike(`\`and\`, \`or\` or the end${hint}`)
    }
    return filter
  }

  get #next(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1)
    if (token === undefined) throw new TypeError('tokens end with an end')
    return token
  }

  #take(): Token {
    const token = this.#next
    this.#at += 1
    return token
  }

  /** Parts joined by `or`, each of parts joined by `and`. */
  #joined(kind: 'and' | 'or'): Filter {
    const part = () => (kind === 'or' ? this.#joined('and') : this.#single())
    const first = part()
    const parts = [first]
    while (this.#next.kind === kind) {
      this.#take()
      parts.push(part())
    }
    return parts.length === 1 ? first : { kind, parts }
  }

  #single(): Filter {
    const { kind, column } = this.#next
    if (kind !== 'not' && kind !== '(') return this.#comparison()
    this.#take()
    this.#level += 1
    if (this.#level > mostLevels)
      throw new FilterError({ column, expected: `at most ${mostLevels} levels`, got: 'more' })
    const inner = kind === 'not' ? this.#single() : this.#joined('or')
    if (kind === '(') {
      const at = `the \`)\` of the \`(\` in column ${column}`
      if (this.#next.kind !== ')') throw this.#unlike(`\`and\`, \`or\` or ${at}`)
      this.#take()
    }
    this.#level -= 1
    return kind === 'not' ? { kind: 'not', part: inner } : inner
  }

  #comparison(): Comparison {
    const field = this.#field()
    if (this.#next.kind !== 'operator')
      throw this.#unlike(`\`=\`, \`!=\`, \`~\` or \`!~\` behind \`${field}\``)
    const operator = this.#take().text
    const isPattern = operator.endsWith('~')
    const value = this.#next
    const { kind, text, column } = value
    const fits = kind === 'word' || kind === 'text' || (kind === 'regex' && isPattern)
    if (!fits) {
      const what = isPattern ? 'a glob or a /regular expression/' : filterFields[field].means
      const hint = kind === 'regex' ? ', or `~` before a regular expression' : ''
      throw this.#unlike(`${what} behind \`${field} ${operator}\`${hint}`)
    }
    this.#take()
    return {
      kind: 'comparison',
      field,
      negated: operator.startsWith('!'),
      matches: isPattern ? this.#pattern(value) : given => given === text,
      literal: isPattern ? null : { text, column },
    }
  }

  #field(): FilterFieldName {
    const { kind, text } = this.#next
    const field = kind === 'word' ? filterFieldNames.find(name => name === text) : undefined
    if (field === undefined) {
      const near = kind === 'word' ? nearest(text, filterFieldNames) : []
      throw this.#unlike(`a field (${filterFieldNames.join(', ')})`, near)
    }
    this.#take()
    return field
  }

  #pattern({ kind, text, source, column }: Token): ValueMatcher {
    const follows = this.#next
    // A flag behind the slash, as other languages have it.
    if (kind === 'regex' && follows.kind === 'word' && isBeside(source, column, follows))
      throw this.#unlike(
        'no letters behind the second slash: (?i) in the expression ignores the case',
      )
    try {
      return matcherOf(kind === 'regex' ? 'regex' : 'glob', text)
    } catch (error) {
      const what = kind === 'regex' ? "a regular expression of RE2's syntax" : 'a glob'
      const got = `\`${source}\` (${(error as Error).message})`
      throw new FilterError({ column, expected: what, got })
    }
  }

  #unlike(expected: string, near?: readonly string[]): FilterError {
    const { kind, source, column } = this.#next
    const got = kind === 'end' ? 'the end' : `\`${source}\``
    return new FilterError({ column, expected, got, ...(near && { near }) })
  }
}

function isBeside(source: string, column: number, next: Token): boolean {
  return column + Array.from(source).length === next.column
}
