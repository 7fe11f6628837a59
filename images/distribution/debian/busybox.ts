import { join } from 'node:path'
import * as z from 'zod'
import { storeFile } from '../../../runner/cache/files.js'
import { isIntact } from '../../../runner/cache/intact.js'
import { Memo } from '../../../runner/cache/memo.js'
import { EnvironmentError } from '../../../runner/errors.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { fetchPackage } from './fetch.js'
import { readStanzas } from './package-stanza.js'
import { SuiteQuestion } from './suite-question.js'
import { unpackPackage } from './unpack-package.js'

const name = 'busybox-static'
// Any suite's does: it is linked statically, and of the kernel it asks nothing new.
const suite = 'bookworm'

const versions = new SuiteQuestion({
  kind: 'busybox-packages',
  answer: z.string().nullable(),
  what: 'busybox',
  names: [`^${name}$`],
  find: (_suite, lists) => readStanzas(lists).find(each => each.name === name)?.version ?? null,
})

const unpacked = new Memo('debian-busybox', z.object({ path: z.string() }))

/**
 * Fetches Debian's static busybox and keeps the program in the cache; nothing is installed.
 *
 * @throws EnvironmentError when it cannot be fetched
 */
export async function fetchDebianBusybox(options: ResolveOptions = {}): Promise<string> {
  const { answers, trouble } = await versions.askAll([suite], options)
  const version = answers.get(suite)
  if (version === undefined && trouble !== undefined) throw trouble
  if (!version) throw new EnvironmentError(`busybox: Debian's ${suite} has no package ${name}`)
  const known = unpacked.get(version)?.value
  if (known !== undefined && (await isIntact(known.path))) return known.path
  const { path: deb } = await fetchPackage(suite, name, version, options)
  await using folder = await temporaryFolder('busybox')
  const wanted = (path: string) => /^(?:usr\/)?bin\/busybox$/.test(path)
  const [file] = await unpackPackage(deb, folder.path, { ...options, wanted, maxBytes: 2 ** 26 })
  if (file === undefined) throw new EnvironmentError(`busybox: ${join(deb)} has no bin/busybox`)
  const { path } = await storeFile('busybox', '', file)
  await unpacked.set(version, { path })
  return path
}
