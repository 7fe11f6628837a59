import { open, readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import * as z from 'zod'
import { EnvironmentError, InputError } from '../../../runner/errors.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import { storeBytes } from '../../cache.js'
import { Memo } from '../../memo.js'
import type { ResolveOptions } from '../kernel.js'

/** A packaged kernel, unpacked into the cache. */
export type UnpackedKernel = z.infer<typeof unpackedSchema>

const unpackedSchema = z.object({
  /** Path of the image. */
  image: z.string(),
  /** Path of the configuration; null where no package had one. */
  config: z.string().nullable(),
})

const unpackedMemo = new Memo('unpacked-kernels', unpackedSchema)

/** Where packages keep the image and the configuration, as patterns of tar(1); the later ones since Debian's 6.19. */
const members = [
  './boot/vmlinuz-*',
  './boot/config-*',
  './lib/modules/*/vmlinuz',
  './lib/modules/*/config',
  './usr/lib/modules/*/vmlinuz',
  './usr/lib/modules/*/config',
]

/** Whether a file is a Debian package: an ar(5) archive whose first member is debian-binary (deb(5)). */
export async function isDebianPackage(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer } = await file.read(Buffer.alloc(21), 0, 21, 0)
  return buffer.toString('latin1') === '!<arch>\ndebian-binary'
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
  const recalled = unpackedMemo.recall(key)?.value
  if (recalled && (await allExist(recalled))) return recalled
  await using folder = await temporaryFolder('unpack')
  for (const path of packages) await extract(path, folder.path, signal)
  const files = (await readdir(folder.path, { recursive: true })).sort()
  const image = files.find(file => /\/vmlinuz[^/]*$/.test(file))
  const config = files.find(file => /(^boot\/config-|\/config$)/.test(file))
  if (image === undefined) {
    throw new InputError(
      `${packages.join(', ')} holds no kernel image; from 6.19 on, Debian has it in linux-binary-RELEASE, not in linux-image-RELEASE`,
    )
  }
  const unpacked = {
    image: await store('kernels', '.vmlinuz', join(folder.path, image)),
    config:
      config === undefined ? null : await store('configs', '.config', join(folder.path, config)),
  }
  await unpackedMemo.record(key, unpacked)
  return unpacked
}

async function extract(path: string, folder: string, signal?: AbortSignal): Promise<void> {
  const options = {
    reject: false,
    ...(signal && { cancelSignal: signal }),
    env: { LC_ALL: 'C.UTF-8' },
  } as const
  const unpacker = execa('dpkg-deb', ['--fsys-tarfile', path], {
    ...options,
    buffer: { stdout: false },
  })
  const tar = await unpacker.pipe(
    'tar',
    ['-x', '--no-same-owner', '--wildcards', '-C', folder, ...members],
    options,
  )
  const archive = await unpacker
  signal?.throwIfAborted()
  // tar fails for each pattern that nothing matches, and most never do; what the system refuses it, it calls `Cannot ...`.
  const refused = tar.stderr.split('\n').filter(line => line.includes(': Cannot '))
  if (refused.length > 0) {
    throw new EnvironmentError(`cannot unpack ${path} into ${folder}: ${refused.join('; ')}`)
  }
  if (archive.failed) {
    throw new InputError(`${path} is a damaged Debian package: ${archive.stderr.trim()}`)
  }
}

async function store(kind: string, suffix: string, path: string): Promise<string> {
  return (await storeBytes(kind, suffix, await readFile(path))).path
}

async function allExist({ image, config }: UnpackedKernel): Promise<boolean> {
  const found = [image, ...(config === null ? [] : [config])].map(path => stat(path))
  return (await Promise.allSettled(found)).every(({ status }) => status === 'fulfilled')
}
