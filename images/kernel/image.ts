import type { FileHandle } from 'node:fs/promises'
import * as z from 'zod'
import { openRegularFile } from '../../runner/bounded-file.js'
import { InputError } from '../../runner/errors.js'
import { sha256OfFile } from '../../runner/cache/files.js'
import { fileIdentity } from '../../runner/cache/file-identity.js'
import { Memo } from '../../runner/cache/memo.js'
import { looksLikeElf } from '../elf.js'
import { findBanner, isRelease, readBanner } from './banner.js'
import { bzImageHeadSize, looksLikeBzImage, readBzImageHeader } from './bzimage.js'
import { hasPvhNote, readElf, type Segment } from './vmlinux.js'
import { describeForeign } from './foreign.js'
import { findIkconfig } from './ikconfig.js'
import { decompressPayload } from './payload.js'

/** What an image says about itself. */
export type ImageFacts = z.infer<typeof factsSchema>

const factsSchema = z.object({
  format: z.enum(['bzImage', 'vmlinux']),
  release: z.string().refine(isRelease),
  version: z.string(),
  banner: z.string(),
  sha256: z.string(),
})

/** The largest file that is looked into, in bytes: a vmlinux with all debugging information has some 2 GB. */
export const maxImage = 2 ** 32

/** The largest compressed kernel whose inside is looked at, in bytes; they have some 12 MB. */
const maxPayload = 2 ** 28

/** How much of a file is held at a time, in bytes. */
const partSize = 2 ** 20

const factsMemo = new Memo('image-facts', factsSchema)
const ikconfigMemo = new Memo('image-ikconfig', z.string().nullable())

/**
 * Reads what an image says about itself; a second time, from the memo.
 *
 * @param name - what messages call the file
 * @throws InputError when the file is no x86-64 kernel that QEMU can boot, saying what it is instead
 */
export async function inspectImage(path: string, name: string): Promise<ImageFacts> {
  return factsMemo.getOrCompute(await fileIdentity(path), async () => {
    const bounds = { what: `kernel ${name}`, maxBytes: maxImage }
    await using file = await openRegularFile(path, bounds)
    const { size } = await file.stat()
    const found = await readFacts(file, size)
    if (typeof found === 'string') throw new InputError(`kernel ${name} is ${found}`)
    return { ...found, sha256: await sha256OfFile(path) }
  })
}

/** The configuration built into an image that {@link inspectImage} has passed, as text; undefined where there is none. */
export async function configInside(path: string): Promise<string | undefined> {
  const identity = await fileIdentity(path)
  const recalled = ikconfigMemo.get(identity)
  if (recalled) return recalled.value ?? undefined
  try {
    await using file = await openRegularFile(path, { what: path, maxBytes: maxImage })
    const config = await findIkconfig(uncompressed(file))
    await ikconfigMemo.set(identity, config ?? null)
    return config
  } catch {
    // A kernel boots without guise knowing its inside. A decompressor may yet be installed: this is not remembered.
    return undefined
  }
}

async function readFacts(
  file: FileHandle,
  size: number,
): Promise<Omit<ImageFacts, 'sha256'> | string> {
  const head = await read(file, { offset: 0, size: Math.min(size, bzImageHeadSize) })
  if (head.length === 0) return 'an empty file; expected an x86-64 bzImage or vmlinux'
  if (looksLikeBzImage(head)) {
    const header = readBzImageHeader(head, size)
    return typeof header === 'string' ? header : withBanner('bzImage', header.banner)
  }
  return looksLikeElf(head) ? readVmlinux(file, head, size) : describeForeign(head)
}

async function readVmlinux(file: FileHandle, head: Buffer, size: number) {
  const elf = readElf(head, size)
  if (typeof elf === 'string') return elf
  for (const segment of elf.loaded) {
    const banner = await findBanner(parts(file, segment))
    if (banner === undefined) continue
    const small = elf.notes.filter(note => note.size <= partSize)
    const notes = await Promise.all(small.map(note => read(file, note)))
    if (notes.some(hasPvhNote)) return withBanner('vmlinux', banner)
    return 'a vmlinux without a PVH entry point, which QEMU cannot start; build it with CONFIG_PVH=y or give its bzImage'
  }
  return 'an ELF file for x86-64, but no Linux kernel'
}

function withBanner(format: ImageFacts['format'], banner: string) {
  const facts = readBanner(banner)
  return facts
    ? { format, banner, ...facts }
    : `a ${format} that states no kernel's release, as 6.1.0-42-amd64 is one, in its banner ${JSON.stringify(banner.slice(0, 200))}`
}

/** The kernel's own data, uncompressed, part by part; throws where it cannot be had. */
async function* uncompressed(file: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await file.stat()
  const head = await read(file, { offset: 0, size: Math.min(size, bzImageHeadSize) })
  if (looksLikeElf(head)) {
    const elf = readElf(head, size)
    if (typeof elf === 'string') throw new TypeError(elf)
    for (const segment of elf.loaded) yield* parts(file, segment)
    return
  }
  yield* unpacked(file, head, size)
}

/** What a bzImage of `size` bytes that begins with `head` holds. */
async function* unpacked(file: FileHandle, head: Buffer, size: number): AsyncGenerator<Buffer> {
  const header = readBzImageHeader(head, size)
  if (typeof header === 'string') throw new TypeError(header)
  const { payloadOffset: offset, payloadLength } = header
  const length = Math.min(payloadLength, size - offset, maxPayload)
  yield* decompressPayload(await read(file, { offset, size: Math.max(0, length) }))
}

/** The file of a vmlinux, or the one that a bzImage holds, part by part; throws where it cannot be had. */
export async function* uncompressedImage(file: FileHandle): AsyncGenerator<Buffer> {
  const { size } = await file.stat()
  const head = await read(file, { offset: 0, size: Math.min(size, bzImageHeadSize) })
  yield* looksLikeElf(head) ? parts(file, { offset: 0, size }) : unpacked(file, head, size)
}

async function* parts(file: FileHandle, { offset, size }: Segment): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; at += partSize) {
    yield await read(file, { offset: offset + at, size: Math.min(partSize, size - at) })
  }
}

async function read(file: FileHandle, { offset, size }: Segment): Promise<Buffer> {
  const buffer = Buffer.alloc(size)
  let filled = 0
  while (filled < size) {
    const { bytesRead } = await file.read(buffer, filled, size - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
