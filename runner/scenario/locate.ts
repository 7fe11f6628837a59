import { type LocatedDocument, parseScenarioFile } from './parse.js'
import type { Scenario } from './scenario.js'

/** The part of a scenario's expectations that is looked for. */
export interface ExpectedItem {
  /** Its place in the list `expect`. */
  readonly expectation: number
  /** Dotted, such as `clocksource.current` or `adopts`. */
  readonly field: string
  /** Of a list of texts, the item. */
  readonly want: string
  /** Of a list of other things, the item's place in it. */
  readonly index?: number | undefined
}

/**
 * The line of the very item of an expectation, or of the nearest thing around it that is written down: a default is not. Where a
 * scenario is like another one, the item may stand in that one.
 *
 * @param text - the text of the scenario's file
 * @returns null where the scenario is no more in the text
 */
export function locateExpected(
  text: string,
  { name, file }: Pick<Scenario, 'name' | 'file'>,
  item: ExpectedItem,
): number | null {
  const { documents } = parseScenarioFile(text, file)
  const own = documents.find(({ document }) => document.name === name)
  if (own === undefined) return null
  // A list is inherited as a whole (inherit.ts): whoever wrote the item wrote the list.
  const author = authorOf(documents, own)
  const path = pathOf(own, item)
  const lines = path.map((_, index) => author.lineOf(path.slice(0, path.length - index)))
  return lines.find(line => line !== null) ?? own.locate([]).line
}

/**
 * The line of a field, or of the nearest thing around it that is written down. A scenario that is like another one may have it of that.
 *
 * @param text - the text of the scenario's file
 * @returns null where the scenario is no more in the text
 */
export function locateField(
  text: string,
  { name, file }: Pick<Scenario, 'name' | 'file'>,
  path: readonly PropertyKey[],
): number | null {
  const { documents } = parseScenarioFile(text, file)
  const own = documents.find(({ document }) => document.name === name)
  if (own === undefined) return null
  const family = familyOf(documents, own)
  const lines = path
    .map((_, index) => path.slice(0, path.length - index))
    .flatMap(part => family.map(member => member.lineOf(part)))
  return lines.find(line => line !== null) ?? own.locate([]).line
}

/** A scenario, the one that it is like, the one that that is like, and so on. */
function familyOf(
  documents: readonly LocatedDocument[],
  own: LocatedDocument,
): readonly LocatedDocument[] {
  const other = documents.find(({ document }) => document.name === own.document.like)
  return other === undefined ? [own] : [own, ...familyOf(documents, other)]
}

/** The scenario that wrote the expectations of `own`. */
function authorOf(documents: readonly LocatedDocument[], own: LocatedDocument): LocatedDocument {
  if (own.lineOf(['expect']) !== null) return own
  const other = documents.find(({ document }) => document.name === own.document.like)
  return other === undefined ? own : authorOf(documents, other)
}

function pathOf({ document }: LocatedDocument, item: ExpectedItem): PropertyKey[] {
  const path = ['expect', item.expectation, ...item.field.split('.')]
  const list = path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    document,
  )
  if (!Array.isArray(list)) return path
  const index = item.index ?? list.indexOf(item.want)
  return index < 0 ? path : [...path, index]
}
