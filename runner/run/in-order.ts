/** Passes items on by their number, each as soon as all before it have been. */
export class InOrder<T> {
  readonly #waiting = new Map<number, T>()
  readonly #pass: (item: T) => void
  #next = 0

  constructor(pass: (item: T) => void) {
    this.#pass = pass
  }

  put(number: number, item: T): void {
    this.#waiting.set(number, item)
    for (let next = this.#waiting.get(this.#next); next !== undefined;) {
      this.#waiting.delete(this.#next)
      this.#next += 1
      this.#pass(next)
      next = this.#waiting.get(this.#next)
    }
  }

  /** Passes on those whose turn never came, because one before them will not come. */
  passTheRest(): void {
    const rest = [...this.#waiting].sort(([a], [b]) => a - b)
    this.#waiting.clear()
    for (const [, item] of rest) this.#pass(item)
  }
}
