import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './paths.js'

/** Whether guise runs from a checkout of its repository, which its scripts set up, and not from an installed package. */
export function isCheckout(root: string = packageRoot): boolean {
  return ['.git', 'tsconfig.json'].some(name => existsSync(join(root, name)))
}

/** What to do about a part of guise that is not built. */
export function howToBuild(root: string = packageRoot): string {
  return isCheckout(root)
    ? `run scripts/quickstart, which builds it`
    : 'install the package guise again, which has it built'
}

/** What one of guise's scripts does about a trouble, for a message: nothing where guise is no checkout. */
export function scriptDoes(text: string, root: string = packageRoot): string {
  return isCheckout(root) ? text : ''
}
