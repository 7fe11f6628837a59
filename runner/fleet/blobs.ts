import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { Redis } from 'ioredis'
import { InputError } from '../errors.js'
import { keys } from './keys.js'

/** How much of a blob is sent at a time, in bytes. */
const chunkBytes = 4 * 2 ** 20

/** For how long a blob is kept that nobody asks to be kept longer, in seconds. */
export const blobSeconds = 3600

/** The largest blob, in bytes: a kernel with all debugging information is refused. */
export const mostBlobBytes = 512 * 2 ** 20

/** Files by their content, on the server of a queue: in parts, for a while. */
export class Blobs {
  readonly #client: Redis

  constructor(client: Redis) {
    this.#client = client
  }

  /** Sees to it that a blob that is there stays for another while; whether it is there, whole. */
  async keep(sha256: string): Promise<boolean> {
    const bytes = await this.#client.get(keys.blob(sha256))
    if (bytes === null) return false
    const names = [keys.blob(sha256), ...chunksOf(Number(bytes)).map(at => keys.chunk(sha256, at))]
    const batch = this.#client.pipeline()
    for (const name of names) batch.expire(name, blobSeconds)
    const kept = (await batch.exec()) ?? []
    return kept.length === names.length && kept.every(([, found]) => found === 1)
  }

  /** Puts bytes there, and gives their SHA-256. */
  async put(bytes: Uint8Array): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (await this.keep(sha256)) return sha256
    refuseLarge('it', bytes.length)
    for (const at of chunksOf(bytes.length)) {
      const part = Buffer.from(bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes))
      await this.#client.set(keys.chunk(sha256, at), part, 'EX', blobSeconds)
    }
    await this.#client.set(keys.blob(sha256), bytes.length, 'EX', blobSeconds)
    return sha256
  }

  /**
   * Puts a file there, if it is not.
   *
   * @param what - what messages call it
   * @throws InputError where it is too large
   */
  async putFile(path: string, sha256: string, what: string): Promise<void> {
    if (await this.keep(sha256)) return
    await using file = await open(path)
    const { size } = await file.stat()
    refuseLarge(what, size)
    for (const at of chunksOf(size)) {
      const buffer = Buffer.alloc(Math.min(chunkBytes, size - at * chunkBytes))
      await file.read(buffer, 0, buffer.length, at * chunkBytes)
      await this.#client.set(keys.chunk(sha256, at), buffer, 'EX', blobSeconds)
    }
    await this.#client.set(keys.blob(sha256), size, 'EX', blobSeconds)
  }

  /**
   * Takes a blob, whole.
   *
   * @param mostBytes - more of it is not taken
   * @throws InputError where it is not there, is larger, or is another
   */
  async get(sha256: string, mostBytes = mostBlobBytes): Promise<Buffer> {
    const told = Number(await this.#client.get(keys.blob(sha256)))
    if (told === 0) throw new InputError(`blob ${sha256}: expected it on the server, got none`)
    if (!(told > 0 && told <= mostBytes))
      throw new InputError(`blob ${sha256}: expected at most ${mostBytes} bytes, got ${told}`)
    const parts: Buffer[] = []
    for (const at of chunksOf(told)) {
      const name = keys.chunk(sha256, at)
      const bytes = await this.#client.strlen(name)
      const part = bytes > chunkBytes ? null : await this.#client.getBuffer(name)
      if (part === null)
        throw new InputError(`blob ${sha256}: expected its part ${at}, got ${bytes} bytes`)
      parts.push(part)
    }
    const blob = Buffer.concat(parts)
    const found = createHash('sha256').update(blob).digest('hex')
    if (found === sha256) return blob
    throw new InputError(`blob ${sha256}: expected bytes with that SHA-256, got those of ${found}`)
  }

  /** Removes a blob. */
  async remove(sha256: string): Promise<void> {
    const bytes = Number(await this.#client.get(keys.blob(sha256)))
    await this.#client.unlink(
      keys.blob(sha256),
      ...chunksOf(bytes).map(at => keys.chunk(sha256, at)),
    )
  }
}

function chunksOf(bytes: number): number[] {
  return Array.from({ length: Math.ceil(bytes / chunkBytes) }, (_, at) => at)
}

function refuseLarge(what: string, bytes: number): void {
  if (bytes <= mostBlobBytes) return
  throw new InputError(
    `${what} has ${bytes} bytes; a queue takes at most ${mostBlobBytes}, such as its bzImage`,
  )
}
