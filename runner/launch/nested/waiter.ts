/** Somebody who waits for a value. */
export interface Waiter<T> {
  resolve(value: T): void
  reject(error: Error): void
}

/** A promise, and the one who waits for it. */
export function deferred<T>(): Waiter<T> & { readonly promise: Promise<T> } {
  let waiter: Waiter<T> | undefined
  const promise = new Promise<T>((resolve, reject) => {
    waiter = { resolve, reject }
  })
  // Whoever waits hears of it; that nobody does is no trouble of its own.
  promise.catch(() => undefined)
  return { promise, ...(waiter as unknown as Waiter<T>) }
}
