import { open } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import * as z from 'zod'
import { readRegularFile } from '../../../runner/bounded-file.js'
import { InputError } from '../../../runner/errors.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import { quote } from '../../../runner/terminal/printable.js'
import { fileIdentity } from '../../../runner/cache/file-identity.js'
import { storeBytes } from '../../../runner/cache/files.js'
import { isIntact } from '../../../runner/cache/intact.js'
import { Memo } from '../../../runner/cache/memo.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import type { PackagedKernel } from '../distribution.js'
import { debModules } from './modules.js'
import { unpackPackage } from './unpack-package.js'

/** A packaged kernel, unpacked into the cache. */
export type UnpackedKernel = z.infer<typeof unpackedSchema>

const unpackedSchema = z.object({
  /** Path of the image. */
  image: z.string(),
  /** Path of the configuration; null where no package had one. */
  config: z.string().nullable(),
})

const unpackedMemo = new Memo('unpacked-kernels', unpackedSchema)

/** Where packages keep the image and the configuration; the later ones since Debian's 6.19. */
const images = /^(boot\/vmlinuz-[^/]+|(usr\/)?lib\/modules\/[^/]+\/vmlinuz)$/
const configs = /^(boot\/config-[^/]+|(usr\/)?lib\/modules\/[^/]+\/config)$/

/** How large the two may be, in bytes; they have some 12 MB and 300 KB. */
const [maxImage, maxConfig] = [2 ** 28, 2 ** 24]

/** Whether a file is a Debian package: an ar(5) archive whose first member is debian-binary (deb(5)). */
export async function isDebianPackage(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(21), 0, 21, 0)
  return buffer.toString('latin1') === '!<arch>\ndebian-binary'
}

/**
 * Takes the kernel out of a .deb.
 *
 * @param name - what messages call it
 * @throws InputError when there is none in it, or it is damaged
 */
export async function openPackage(
  path: string,
  name: string,
  options: ResolveOptions,
): Promise<PackagedKernel> {
  const key = await fileIdentity(path)
  const modules = debModules(name, key, () => Promise.resolve([path]))
  return { ...(await unpackKernel([path], key, options)), modules }
}

/**
 * Unpacks the image and the configuration from the packages of one kernel; a second time, from the memo.
 *
 * @param packages - paths of .deb files, searched in this order
 * @param key - changes when their content does
 * @throws InputError when there is no image in them, or one is damaged
 */
export async function unpackKernel(
  packages: readonly string[],
  key: string,
  { signal }: ResolveOptions = {},
): Promise<UnpackedKernel> {
  const recalled = unpackedMemo.get(key)?.value
  if (recalled && (await areIntact(recalled))) return recalled
  await using folder = await temporaryFolder('unpack')
  const files = new Set<string>()
  const wanted = (path: string) => images.test(path) || configs.test(path)
  for (const path of packages) {
    const taken = await unpackPackage(path, folder.path, { signal, wanted })
    for (const file of taken) files.add(relative(folder.path, file))
  }
  const found = [...files].filter(file => images.test(file))
  const [image, other] = found
  if (image !== undefined && other !== undefined) {
    throw new InputError(
      `${packages.join(', ')}: expected one kernel image, got ${found.map(quote).join(', ')}`,
    )
  }
  const config = [...files].find(file => configs.test(file))
  if (image === undefined) {
    throw new InputError(
      `${packages.join(', ')} holds no kernel image; from 6.19 on, Debian has it in linux-binary-RELEASE, not in linux-image-RELEASE`,
    )
  }
  const unpacked = {
    image: await store('kernels', '.vmlinuz', join(folder.path, image), maxImage),
    config:
      config === undefined
        ? null
        : await store('configs', '.config', join(folder.path, config), maxConfig),
  }
  await unpackedMemo.set(key, unpacked)
  return unpacked
}

async function store(kind: string, suffix: string, path: string, maxBytes: number) {
  const content = await readRegularFile(path, { what: `the package's ${basename(path)}`, maxBytes })
  return (await storeBytes(kind, suffix, content)).path
}

async function areIntact({ image, config }: UnpackedKernel): Promise<boolean> {
  return (await isIntact(image)) && (config === null || (await isIntact(config)))
}
