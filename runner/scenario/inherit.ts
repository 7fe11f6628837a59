/** The parts of a completed document that stand in the one that it is like. */
export interface Inherited {
  /** How many entries of `cpuid` come before its own. */
  readonly cpuidEntries: number
  /** Whether the other one has something at this path. */
  readonly has: (path: readonly PropertyKey[]) => boolean
}

/** Of a document that is like no other. */
export const nothingInherited: Inherited = { cpuidEntries: 0, has: () => false }

type Mapping = Readonly<Record<string, unknown>>

// Two scenarios never have these in common.
const own = ['name', 'summary', 'like']

/**
 * The scenarios of one file, of which a later one may say that it is `like` an earlier one: it then has all that the other
 * has but for what it states itself. Mappings are merged key by key, `cpuid` goes on where the other's ends, and any other
 * list, or value, takes the place of the other's.
 */
export class Family {
  readonly #members = new Map<string, Mapping>()

  /**
   * Completes a document as it was written.
   *
   * @returns null where `like` names no earlier scenario of the file
   */
  complete(written: unknown): { document: unknown; inherited: Inherited } | null {
    if (!isMapping(written)) return { document: written, inherited: nothingInherited }
    const { like } = written
    if (like === undefined) {
      this.#remember(written)
      return { document: written, inherited: nothingInherited }
    }
    const other = typeof like === 'string' ? this.#members.get(like) : undefined
    if (other === undefined) return null
    const inheritable = Object.fromEntries(
      Object.entries(other).filter(([key]) => !own.includes(key)),
    )
    const document = merge(inheritable, written) as Mapping
    this.#remember(document)
    return {
      document,
      inherited: {
        cpuidEntries: listOf(inheritable.cpuid).length,
        has: path => valueAt(inheritable, path) !== undefined,
      },
    }
  }

  #remember(document: Mapping): void {
    if (typeof document.name === 'string') this.#members.set(document.name, document)
  }
}

function merge(base: unknown, change: unknown, key = ''): unknown {
  if (key === 'cpuid') return [...listOf(base), ...listOf(change)]
  if (!isMapping(base) || !isMapping(change)) return change
  const merged = Object.entries(change).map(
    ([name, value]) => [name, name in base ? merge(base[name], value, name) : value] as const,
  )
  return { ...base, ...Object.fromEntries(merged) }
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}
