/** What was opened so far for a guest, closed where the next step fails; as the AsyncDisposableStack that Node 20 has not. */
export class Opened implements AsyncDisposable {
  #steps: (() => void | PromiseLike<void>)[] = []

  /** Notes how to close what was just opened. */
  add(close: () => void | PromiseLike<void>): void {
    this.#steps.unshift(close)
  }

  /** Hands over the duty to close: the last opened first. */
  release(): () => Promise<void> {
    const steps = this.#steps
    this.#steps = []
    return async () => {
      for (const close of steps) await close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release()()
  }
}
