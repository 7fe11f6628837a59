import { join } from 'node:path'
import * as z from 'zod'
import { areIntact } from '../../../runner/cache/intact.js'
import { Memo } from '../../../runner/cache/memo.js'
import { InputError } from '../../../runner/errors.js'
import type { FetchableQemu } from '../../../runner/plan/better-qemu.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import type { ResolveOptions } from '../../kernel/kernel.js'
import { layOut } from '../../qemu/lay-out.js'
import { SuitePackages } from '../../qemu/package-source.js'
import { laidOutCommand, qemuFiles, qemuPackage } from '../../qemu/qemu-files.js'
import type { PackagedQemu } from '../distribution.js'
import { readStanzas } from './package-stanza.js'
import { SuiteQuestion } from './suite-question.js'
import { upstreamVersion } from './version.js'

/** The version of Debian's package of QEMU in a suite; null where the suite has none. */
const versions = new SuiteQuestion({
  kind: 'qemu-packages',
  answer: z.string().nullable(),
  what: 'QEMU',
  names: [`^${qemuPackage.package}$`],
  // Of several versions the first stands, which is the one that apt would install.
  find: (_suite, lists) =>
    readStanzas(lists).find(({ name }) => name === qemuPackage.package)?.version ?? null,
})

const laidOutSchema = z.object({
  command: z.array(z.string()).readonly(),
  program: z.string(),
  version: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: z.string() })).readonly(),
})

const laidOut = new Memo('debian-qemu-modules', laidOutSchema)

// Nearly: QEMU, its firmware and its libraries.
const packages = 55

/** The QEMUs of Debian's suites. A release keeps its series; the suite that is not released yet gets newer ones. */
export const debianQemus: readonly FetchableQemu[] = [
  { spec: 'debian:trixie', versions: '10.0' },
  { spec: 'debian:forky', versions: '>=11.1' },
  { spec: 'debian:bookworm', versions: '7.2' },
  { spec: 'debian:bullseye', versions: '5.2' },
]

/**
 * Fetches the QEMU of a suite, `debian:SUITE`, and lays it out in the cache; the second time it is found there. A suite is asked for
 * its version once a day.
 *
 * @throws InputError for a spec that names no suite, or a suite without QEMU
 * @throws EnvironmentError when it cannot be fetched
 */
export async function fetchDebianQemu(
  spec: string,
  options: ResolveOptions = {},
): Promise<PackagedQemu> {
  const suite = /^debian:([a-z][a-z-]*)$/.exec(spec)?.[1]
  if (suite === undefined) {
    throw new InputError(`QEMU ${spec}: expected debian:SUITE, such as debian:trixie`)
  }
  const { answers, trouble } = await versions.askAll([suite], options)
  const version = answers.get(suite)
  if (version === undefined && trouble !== undefined) throw trouble
  if (!version) throw new InputError(`QEMU ${spec}: Debian has no such suite, or no QEMU in it`)
  const known = laidOut.get(`${suite} ${version}`)?.value
  if (known !== undefined && (await areIntact(known.files))) return known
  options.onProgress?.({
    kind: 'note',
    text: `fetching QEMU ${version} of Debian's ${suite}, once`,
  })
  const made = await fetchAndLayOut(suite, version, options)
  await laidOut.set(`${suite} ${version}`, made)
  return made
}

async function fetchAndLayOut(
  suite: string,
  version: string,
  options: ResolveOptions,
): Promise<z.infer<typeof laidOutSchema>> {
  await using folder = await temporaryFolder('qemu')
  const { files, loader } = await qemuFiles(
    new SuitePackages(suite, folder.path, packages, options),
  )
  const upstream = upstreamVersion(version).replace(/\+.*/, '')
  const { path, files: kept } = await layOut(
    `${suite}-${version.replaceAll(/[^\w.+-]/g, '_')}`,
    files,
  )
  return {
    command: laidOutCommand(path, loader),
    program: join(path, qemuPackage.program),
    version: upstream,
    files: kept,
  }
}
