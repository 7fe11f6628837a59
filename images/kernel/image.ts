import { open, stat, type FileHandle } from 'node:fs/promises'
import * as z from 'zod'
import { InputError } from '../../runner/errors.js'
import { sha256OfFile } from '../cache.js'
import { Memo } from '../memo.js'
import { findBanner, readBanner } from './banner.js'
import { bzImageHeadSize, looksLikeBzImage, readBzImageHeader } from './bzimage.js'
import { hasPvhNote, looksLikeElf, readElf, type Segment } from './elf.js'
import { describeForeign } from './foreign.js'
import { findIkconfig } from './ikconfig.js'
import { decompressPayload } from './payload.js'

/** What an image says about itself. */
export type ImageFacts = z.infer<typeof factsSchema>

const factsSchema = z.object({
  format: z.enum(['bzImage', 'vmlinux']),
  release: z.string(),
  version: z.string(),
  banner: z.string(),
  sha256: z.string(),
})

const factsMemo = new Memo('image-facts', factsSchema)
const ikconfigMemo = new Memo('image-ikconfig', z.string().nullable())

/**
 * Reads what an image says about itself; a second time, from the memo.
 *
 * @param name - what messages call the file
 * @throws InputError when the file is no x86-64 kernel that QEMU can boot, saying what it is instead
 */
export async function inspectImage(path: string, name: string): Promise<ImageFacts> {
  return factsMemo.remember(await fileIdentity(path), async () => {
    await using file = await open(path)
    const { size } = await file.stat()
    const found = await readFacts(file, size)
    if (typeof found === 'string') throw new InputError(`kernel ${name} is ${found}`)
    return { ...found, sha256: await sha256OfFile(path) }
  })
}

/** The configuration built into an image that {@link inspectImage} has passed, as text; undefined where there is none. */
export async function configInside(path: string): Promise<string | undefined> {
  const identity = await fileIdentity(path)
  const recalled = ikconfigMemo.recall(identity)
  if (recalled) return recalled.value ?? undefined
  const data = await uncompressed(path)
  // A decompressor may yet be installed: not knowing is not remembered.
  if (data === undefined) return undefined
  const config = data.map(findIkconfig).find(text => text !== undefined)
  await ikconfigMemo.record(identity, config ?? null)
  return config
}

/** A key that changes whenever the file's content does, unless someone sets the clock back to hide it. */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true })
  return [path, dev, ino, size, mtimeNs].join('\n')
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
    const banner = findBanner(await read(file, segment))
    if (banner === undefined) continue
    const notes = await Promise.all(elf.notes.map(note => read(file, note)))
    if (notes.some(hasPvhNote)) return withBanner('vmlinux', banner)
    return 'a vmlinux without a PVH entry point, which QEMU cannot start; build it with CONFIG_PVH=y or give its bzImage'
  }
  return 'an ELF file for x86-64, but no Linux kernel'
}

function withBanner(format: ImageFacts['format'], banner: string) {
  const facts = readBanner(banner)
  return facts
    ? { format, banner, ...facts }
    : `a ${format} that states no kernel version: ${banner}`
}

async function uncompressed(path: string): Promise<Buffer[] | undefined> {
  await using file = await open(path)
  const { size } = await file.stat()
  const head = await read(file, { offset: 0, size: Math.min(size, bzImageHeadSize) })
  if (looksLikeElf(head)) {
    const elf = readElf(head, size)
    return typeof elf === 'string'
      ? undefined
      : await Promise.all(elf.loaded.map(part => read(file, part)))
  }
  const header = readBzImageHeader(head, size)
  if (typeof header === 'string') return undefined
  const { payloadOffset: offset, payloadLength } = header
  const data = await decompressPayload(await read(file, { offset, size: payloadLength }))
  return data && [data]
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
