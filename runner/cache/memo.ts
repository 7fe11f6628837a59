import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { cacheFolder, writeAtomically } from './files.js'

/** A remembered answer. */
export interface Recalled<T> {
  readonly value: T
  /** When it was set. */
  readonly at: Date
  /** Whether it is younger than the memo's `maxAgeMs`. */
  readonly fresh: boolean
}

// Zod would compile each schema on its first use, which pays only where thousands of values are checked.
z.config({ jitless: true })

const fileSchema = z.object({ key: z.string(), at: z.iso.datetime(), value: z.unknown() })

/**
 * Answers that took long to find, kept as small JSON files in the cache, one per key. What cannot be read, or does not
 * have the form that `schema` states (an older guise wrote it), counts as not remembered.
 */
export class Memo<T> {
  readonly #kind: string
  readonly #schema: z.ZodType<T>
  readonly #maxAgeMs: number

  /**
   * @param kind - the folder of these answers under `memo/`
   * @param schema - the form of an answer; JSON must hold it without loss
   * @param maxAgeMs - how long an answer counts as fresh, in milliseconds; for ever by default
   */
  constructor(kind: string, schema: z.ZodType<T>, maxAgeMs = Infinity) {
    this.#kind = kind
    this.#schema = schema
    this.#maxAgeMs = maxAgeMs
  }

  /** The answer kept for `key`, fresh or not. */
  get(key: string): Recalled<T> | undefined {
    const file = fileSchema.safeParse(readJson(this.#path(key))).data
    if (file?.key !== key) return undefined
    const value = this.#schema.safeParse(file.value)
    if (!value.success) return undefined
    const at = new Date(file.at)
    const age = Date.now() - at.getTime()
    // A clock set back must not keep an answer for years.
    return { value: value.data, at, fresh: age >= 0 && age < this.#maxAgeMs }
  }

  /** Keeps `value` as the answer for `key`. */
  async set(key: string, value: T): Promise<void> {
    const file = { key, at: new Date().toISOString(), value }
    await writeAtomically(this.#path(key), JSON.stringify(file, null, 1) + '\n')
  }

  /** The fresh answer for `key`, or what `produce` finds, which is then kept. */
  async getOrCompute(key: string, produce: () => Promise<T>): Promise<T> {
    const recalled = this.get(key)
    if (recalled?.fresh) return recalled.value
    const value = await produce()
    await this.set(key, value)
    return value
  }

  #path(key: string): string {
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
    return join(cacheFolder(), 'memo', this.#kind, `${name}.json`)
  }
}

/** What a JSON file holds; undefined where there is none, or none that can be read. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
