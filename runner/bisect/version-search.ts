import { compareVersions, parseVersion } from '../scenario/kernel-version.js'
import type { Position, Search } from './means.js'

/** Halves a list of packaged kernels, from the oldest to the newest; of those that were skipped it takes the neighbours. */
export class VersionSearch implements Search {
  #good = 0
  #bad: number
  readonly #skipped = new Set<number>()

  /** @param specs - KERNEL SPECs; the first is good, the last is bad */
  constructor(private readonly specs: readonly string[]) {
    this.#bad = specs.length - 1
  }

  start(): Promise<Position> {
    return Promise.resolve(this.#position())
  }

  tell(decision: 'good' | 'bad' | 'skip', id: string): Promise<Position> {
    const at = this.specs.indexOf(id)
    if (at > this.#good && at < this.#bad) {
      if (decision === 'good') this.#good = at
      else if (decision === 'bad') this.#bad = at
      else this.#skipped.add(at)
    }
    return Promise.resolve(this.#position())
  }

  end(): Promise<void> {
    return Promise.resolve()
  }

  #position(): Position {
    const between = Array.from({ length: this.#bad - this.#good - 1 }, (_, i) => this.#good + 1 + i)
    const left = between.filter(at => !this.#skipped.has(at))
    const middle = (this.#good + this.#bad) / 2
    const [next] = left.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))
    if (next !== undefined) {
      const stepsLeft = Math.floor(Math.log2(left.length))
      return { next: this.specs[next] ?? '', stepsLeft }
    }
    if (between.length === 0) return { found: this.specs[this.#bad] ?? '' }
    return { suspects: [...between, this.#bad].map(at => this.specs[at] ?? '') }
  }
}

/** A kernel of a list, and what orders it. */
export interface VersionedSpec {
  readonly spec: string
  readonly version: string
  readonly flavour: string
}

/**
 * The kernels between two, from the older to the newer, of the flavour of both; each version once.
 *
 * @param known - all that can be had
 */
export function versionsBetween(
  good: VersionedSpec,
  bad: VersionedSpec,
  known: readonly VersionedSpec[],
): VersionedSpec[] {
  const inside = known.filter(
    ({ version, flavour }) =>
      flavour === bad.flavour &&
      order(good.version, version) < 0 &&
      order(version, bad.version) < 0,
  )
  const once = new Map(inside.map(each => [each.version, each]))
  return [good, ...[...once.values()].sort((a, b) => order(a.version, b.version)), bad]
}

/** Less than 0 where the first is older; 0 where they can't be told apart. */
export function order(a: string, b: string): number {
  const [first, second] = [parseVersion(a), parseVersion(b)]
  return first === null || second === null ? 0 : compareVersions(first, second)
}
