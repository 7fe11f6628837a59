import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../../runner/errors.js'
import { dynamicNeeds } from './needed-libraries.js'
import { fileNamed, type PackageSource } from './package-source.js'

/** A program with all that must lie beside it. */
export interface LinkedProgram {
  /** Where the program looks for its dynamic loader. */
  readonly interpreter: string
  /** The paths of the loader and the libraries, by the name that they are looked for by. */
  readonly libraries: ReadonlyMap<string, string>
}

interface Unresolved {
  readonly library: string
  /** The package whose file needs it. */
  readonly neededBy: string
}

/**
 * Finds the libraries of a program by walking DT_NEEDED from it through the packages that its package depends on. No more
 * packages are fetched than the walk needs.
 *
 * @param program - the program's path
 * @param owner - the package that it is from
 * @throws EnvironmentError where a library is in none of the packages that its user depends on
 */
export async function linkProgram(
  packages: PackageSource,
  program: string,
  owner: string,
): Promise<LinkedProgram> {
  const { interpreter, libraries: direct } = dynamicNeeds(await readFile(program))
  if (interpreter === null) throw new EnvironmentError(`${program} has no dynamic loader`)
  const libraries = new Map<string, string>()
  let unresolved: Unresolved[] = direct.map(library => ({ library, neededBy: owner }))
  while (unresolved.length > 0) {
    await describeDependencies(packages, unresolved)
    const next: Unresolved[] = []
    for (const wanted of unresolved) {
      if (libraries.has(wanted.library)) continue
      const found = await findLibrary(packages, wanted)
      libraries.set(wanted.library, found.path)
      const needs = dynamicNeeds(await readFile(found.path))
      next.push(...needs.libraries.map(library => ({ library, neededBy: found.owner })))
    }
    unresolved = next.filter(({ library }) => !libraries.has(library))
  }
  return { interpreter, libraries }
}

/** One question for a whole round: each costs a second. */
async function describeDependencies(
  packages: PackageSource,
  unresolved: readonly Unresolved[],
): Promise<void> {
  const owners = await packages.describe([...new Set(unresolved.map(({ neededBy }) => neededBy))])
  await packages.describe([...new Set(owners.flatMap(({ depends }) => depends))])
}

async function findLibrary(
  packages: PackageSource,
  { library, neededBy }: Unresolved,
): Promise<{ path: string; owner: string }> {
  const [owner] = await packages.describe([neededBy])
  const others = likeliestFirst(library, owner?.depends ?? [])
  for (const { name } of await packages.describe([neededBy, ...others])) {
    const path = fileNamed(await packages.files(name), library)
    if (path !== undefined) return { path, owner: name }
  }
  throw new EnvironmentError(
    `${library}, which Debian's ${neededBy} needs, is neither in it nor in a package that it depends on: ${others.join(', ')}`,
  )
}

/** Debian names a library's package by its file's name, so that the right one is nearly always fetched first. */
function likeliestFirst(library: string, names: readonly string[]): string[] {
  return names.toSorted((a, b) => commonStart(b, library) - commonStart(a, library))
}

function commonStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
