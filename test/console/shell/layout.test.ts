import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as layout from '../../../runner/console/shell/layout.js'
import { packageRoot } from '../../../runner/paths.js'

function constantsIn(file: string, pattern: RegExp): Record<string, number> {
  const text = readFileSync(join(packageRoot, 'guest', 'shell', file), 'utf8')
  const found = [...text.matchAll(pattern)].map(([, name = '', value = '']): [string, number] => [
    name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    Number(value),
  ])
  return Object.fromEntries(found)
}

t.test('the header, the page and guise agree', t => {
  const ours = { ...layout }
  t.same(constantsIn('protocol.h', /^#define (\w+) (\w+)$/gm), ours)
  t.same(constantsIn('PROTOCOL.md', /^\| `(\w+)` +\| (\w+) +\|/gm), ours)
  t.end()
})
