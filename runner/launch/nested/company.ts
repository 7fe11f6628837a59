/** One guest's time in the nested host. */
interface Stay {
  /** Whether another guest has been there beside it. */
  readonly hadCompany: boolean
  leave(): void
}

/** Which of the guests of a nested host ran beside another: they take the host's CPUs from one another, which no thread outside shows. */
export class Company {
  readonly #here = new Set<{ hadCompany: boolean }>()

  /** A guest runs from now on. */
  enter(): Stay {
    const mark = { hadCompany: this.#here.size > 0 }
    for (const other of this.#here) other.hadCompany = true
    this.#here.add(mark)
    return {
      get hadCompany() {
        return mark.hadCompany
      },
      leave: () => {
        this.#here.delete(mark)
      },
    }
  }
}
