import { distributionOf } from '../../images/distribution/table.js'
import { listAllKernels } from '../../images/kernel/list.js'
import { resolveKernel } from '../../images/kernel/resolve.js'
import { order, versionsBetween, VersionSearch } from '../bisect/version-search.js'
import { EnvironmentError, InputError } from '../errors.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { type Asked, bisect, questionOf } from './bisect-search.js'
import { withSetupLine } from './setup-line.js'

/** Finds the first of a distribution's packaged kernels, as far as its mirror has versions between the ends. */
export async function bisectPackages(asked: Asked): Promise<number> {
  const { options, signal } = asked
  for (const side of ['good', 'bad'] as const) {
    if (distributionOf(options[side]) === undefined)
      throw new InputError(
        `--${side}: expected a packaged kernel, such as debian:bookworm, where there is no --tree, got \`${options[side]}\``,
      )
  }
  const { kernels } = await withSetupLine(onProgress =>
    listAllKernels(true, { signal, onProgress }),
  )
  const end = async (side: 'good' | 'bad') => {
    const { version, release } = await withSetupLine(onProgress =>
      resolveKernel(options[side], { signal, onProgress }),
    )
    const flavour = kernels.find(each => each.release === release)?.flavour
    return { spec: options[side], version, flavour: flavour ?? release.replace(/^.*?\d-/, '') }
  }
  const [good, bad] = [await end('good'), await end('bad')]
  if (order(good.version, bad.version) >= 0)
    throw new InputError(
      `--good: expected a kernel older than --bad (${bad.version}), got ${good.version}`,
    )
  const list = versionsBetween(good, bad, kernels)
  const subjects = new Map(list.map(({ spec, version }) => [spec, version]))
  noteOnStderr(
    `between them the mirror has ${list.length - 2} kernels: ${
      list
        .slice(1, -1)
        .map(({ version }) => version)
        .join(', ') || 'none'
    }`,
  )
  const named = ({ spec, version }: typeof good) => ({ id: spec, subject: version })
  const question = questionOf(asked, null, { good: named(good), bad: named(bad) })
  return bisect(question, asked, {
    search: new VersionSearch(list.map(({ spec }) => spec)),
    subjectOf: id => Promise.resolve(subjects.get(id) ?? ''),
    prepare: async id => {
      try {
        await withSetupLine(onProgress => resolveKernel(id, { signal, onProgress }))
      } catch (error) {
        // A mirror's list may name what the mirror has not: the others are tried.
        if (!(error instanceof EnvironmentError)) throw error
        throw new InputError(`it cannot be had: ${error.message}`, { cause: error })
      }
      return id
    },
    keepLog: () => Promise.resolve(),
    told: found => {
      const at = list.findIndex(({ spec }) => spec === found)
      return Promise.resolve({
        commit: null,
        parents: list[at - 1] ? [list[at - 1]?.spec ?? ''] : [],
      })
    },
  })
}
