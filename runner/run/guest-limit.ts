import { Semaphore } from 'async-mutex'

/** The limit of guests at a time: each takes a place, and one that runs alone takes all of them. */
export class GuestLimit {
  readonly #count: number
  readonly #places: Semaphore

  /** @param count - how many guests run at a time */
  constructor(count: number) {
    this.#count = count
    this.#places = new Semaphore(count)
  }

  /** Acts in a place, as soon as one is free; in the order of the calls. */
  run<T>(act: () => Promise<T>): Promise<T> {
    return this.#places.runExclusive(act)
  }

  /**
   * Acts with no other guest beside, for whoever holds a place: it waits until every place is free, before those that wait for one,
   * and has a single place again afterwards.
   */
  async alone<T>(act: () => Promise<T>): Promise<T> {
    const all = this.#places.acquire(this.#count, 1)
    // Of two that wait for all places, each would else wait for the other's.
    this.#places.release()
    await all
    try {
      return await act()
    } finally {
      if (this.#count > 1) this.#places.release(this.#count - 1)
    }
  }
}
