import { leafTable } from '../plan/leaf-table.js'
import { formatOverrideTable } from '../plan/override-table.js'
import { scenariosFor } from './catalogue.js'
import { print } from './standard-output.js'

/** `guise show SCENARIO`: where it stands, its text, and the leaf table that it comes to. */
export async function show(word: string): Promise<number> {
  for (const scenario of await scenariosFor([word])) {
    const table = formatOverrideTable(leafTable(scenario), 'tcg').split('\n').slice(1)
    const comment = [
      '# the leaf table: leaf, subleaf, then keep and set of eax, ebx, ecx, edx',
      ...table,
    ]
      .filter(line => line !== '')
      .map(line => (line.startsWith('#') ? line : `#   ${line}`))
    await print(`# ${scenario.file}\n${scenario.text.trim()}\n\n${comment.join('\n')}\n`)
  }
  return 0
}
