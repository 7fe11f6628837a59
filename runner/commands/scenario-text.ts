import { parse } from 'yaml'
import { InputError } from '../errors.js'
import { shellQuote } from '../launch/shell-quote.js'
import { isFileName } from '../scenario/select.js'
import { scenarioName } from '../scenario/schema-parts.js'
import { quote } from '../terminal/printable.js'
import { noteOnStderr } from '../terminal/standard-error.js'
import { print } from './standard-output.js'
import { writeNewFile } from './write-new-file.js'

/**
 * A name that a scenario may have.
 *
 * @param what - where it was given
 * @throws InputError for any other
 */
export function requireName(what: string, name: string): string {
  const { error } = scenarioName.safeParse(name)
  // It stands in the file without quotes.
  if (error === undefined && parse(name) === name) return name
  const expected = error?.issues[0]?.message ?? 'a name that YAML takes for a text'
  throw new InputError(`${what}: expected ${expected}, got ${quote(name)}`)
}

/**
 * Gives a scenario's text to its user: to stdout, or whole into a new file; and says on stderr what to do with it.
 *
 * @param aside - says on stderr what else is to be said of it, once it is there
 * @throws InputError where the file is there already, EnvironmentError where it can't be written
 */
export async function deliver(
  yaml: string,
  { output, force }: { readonly output?: string; readonly force?: true },
  aside: () => void,
): Promise<void> {
  if (output === undefined) await print(yaml)
  else await writeNewFile(output, yaml, force === true)
  aside()
  // A word without a slash would be a scenario of the catalogue.
  const path = output === undefined || isFileName(output) ? (output ?? 'FILE') : `./${output}`
  const word = shellQuote([path])
  noteOnStderr(
    `\`guise show ${word}\` tells what its guest is shown, \`guise run ${word}\` runs it`,
  )
}
