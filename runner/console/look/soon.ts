/**
 * What comes of an answer, if that comes soon.
 *
 * @param patience - in milliseconds
 * @throws Error where it does not
 */
export async function soon<T>(answer: Promise<T>, patience: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('QEMU does not answer'))
    }, patience)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
