import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds guise's package.json; the same whether the sources run or the build in dist/ does. */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)))

/** The catalogue: one YAML file per scenario or family. */
export const scenariosFolder = join(packageRoot, 'runner', 'scenarios')

/** Where a user's baselines lie in the working folder, where no other place is named. */
export const usualBaselines = 'guise-baselines'

/** The baselines that come with guise. */
export const ownBaselines = join(packageRoot, 'test', 'baselines')

/** The same, checked by the build (scenario/compile.ts). */
export const compiledCatalogue = join(packageRoot, 'dist', 'catalogue.json')

/** The preloaded object that overrides CPUID leaves, built from runner/native/. */
export const overrideObject = join(packageRoot, 'dist', 'native', 'override.so')

/** The program that starts QEMU, built from runner/native/. */
export const confineProgram = join(packageRoot, 'dist', 'native', 'confine')

/** The program that keeps the user's terminal while a guest has it, built from runner/native/. */
export const keepTerminalProgram = join(packageRoot, 'dist', 'native', 'keep-terminal')

/** The program that measures the TSC, built from runner/native/. */
export const tscRateProgram = join(packageRoot, 'dist', 'native', 'tsc-rate')

/** The guest's init, built from guest/. */
export const guestInit = join(packageRoot, 'dist', 'guest', 'init')

/** The init of a guest that somebody sits at, built from guest/shell/. */
export const shellInit = join(packageRoot, 'dist', 'guest', 'shell')

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  return findPackageRoot(dirname(folder))
}

/** The bare-metal guest that asks CPUID, built from guest/tiny/. */
export const tinyGuest = join(packageRoot, 'dist', 'guest', 'tiny.elf')

/** What `guise kernel build` adds to a kernel's tinyconfig. */
export const kernelFragment = join(packageRoot, 'images', 'kernel', 'build', 'guise.config')

/** Whether a file is of the catalogue: of this guise's, or of another checkout's, in whose place this one's stands. */
export function isCatalogueFile(file: string): boolean {
  return dirname(file).endsWith('/runner/scenarios')
}
