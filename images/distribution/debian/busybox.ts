import { join } from 'node:path'
import * as z from 'zod'
import { readRegularFile } from '../../../runner/bounded-file.js'
import { storeBytes } from '../../../runner/cache/files.js'
import { isIntact } from '../../../runner/cache/intact.js'
import { Memo } from '../../../runner/cache/memo.js'
import { EnvironmentError } from '../../../runner/errors.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { fetchPackage } from './fetch.js'
import { readStanzas } from './package-stanza.js'
import { SuiteQuestion } from './suite-question.js'
import { unpackPackage } from './unpack-package.js'

const busyboxPackage = 'busybox-static'

// The suite of the kernels that are taken where none is named.
const suite = 'bookworm'

const versions = new SuiteQuestion({
  kind: 'busybox-packages',
  answer: z.string().nullable(),
  what: 'busybox',
  names: [`^${busyboxPackage}$`],
  find: (_suite, lists) =>
    readStanzas(lists).find(({ name }) => name === busyboxPackage)?.version ?? null,
})

/** The program's path in the cache, by the package's SHA-256. */
const programs = new Memo('debian-busybox', z.string())

/** Where the package has the program: since trixie below /usr. */
const places = ['bin/busybox', 'usr/bin/busybox']

// It has some 2 MB.
const maxProgram = 2 ** 26

/**
 * Fetches Debian's static busybox by the machine's own apt, and unpacks it into the cache; nothing is installed. The second time it is
 * found there. The suite is asked for its version once a day.
 *
 * @throws EnvironmentError when it cannot be fetched, or the package has no such program
 */
export async function fetchDebianBusybox(options: ResolveOptions = {}): Promise<string> {
  const { answers, trouble } = await versions.askAll([suite], options)
  const version = answers.get(suite)
  if (version === undefined && trouble !== undefined) throw trouble
  if (!version) throw new EnvironmentError(`Debian's suite ${suite} has no ${busyboxPackage}`)
  const { path: deb, sha256 } = await fetchPackage(suite, busyboxPackage, version, options)
  const known = programs.get(sha256)?.value
  if (known !== undefined && (await isIntact(known))) return known
  await using folder = await temporaryFolder('busybox')
  const wanted = (path: string) => places.includes(path)
  const taken = await unpackPackage(deb, folder.path, { signal: options.signal, wanted })
  const program = places.map(place => join(folder.path, place)).find(path => taken.includes(path))
  if (program === undefined) {
    throw new EnvironmentError(`${deb}: expected ${places.join(' or ')} in it, got neither`)
  }
  const what = `the program of ${deb}`
  const content = await readRegularFile(program, { what, maxBytes: maxProgram })
  const { path } = await storeBytes('busybox', '.busybox', content)
  await programs.set(sha256, path)
  return path
}
