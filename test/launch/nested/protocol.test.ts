import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  agentVersion,
  exitKinds,
  frameTypes,
  maxPicture,
  maxShortPayload,
  portPrefix,
} from '../../../runner/launch/nested/frame.js'
import { packageRoot } from '../../../runner/paths.js'

const folder = join(packageRoot, 'guest', 'agent')
const header = readFileSync(join(folder, 'protocol.h'), 'utf8')
const page = readFileSync(join(folder, 'PROTOCOL.md'), 'utf8')

/** Names and values out of every match of a pattern with these two groups. */
function constantsIn(text: string, pattern: RegExp): Record<string, string | number> {
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(([, name = '', written = '']) => [
      name,
      written.startsWith('"') ? written.slice(1, -1) : Number(written),
    ]),
  )
}

function upperSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `_${letter}`).toUpperCase()
}

/** guise's own constants, under the names that C has for them. */
const expected = {
  AGENT_VERSION: agentVersion,
  PORT_PREFIX: portPrefix,
  SHA256_HEX: 64,
  MAX_SHORT_PAYLOAD: maxShortPayload,
  MAX_PICTURE: maxPicture,
  ...Object.fromEntries(
    Object.entries(exitKinds).map(([name, value]) => [`EXIT_${upperSnakeCase(name)}`, value]),
  ),
  ...Object.fromEntries(
    Object.entries(frameTypes).map(([name, value]) => [`FRAME_${upperSnakeCase(name)}`, value]),
  ),
}

t.test('the header, the page and guise agree', t => {
  t.same(constantsIn(header, /^#define (\w+) (.+)$/gm), expected)
  t.same(constantsIn(page, /^\| `(\w+)` +\| ("[^"]*"|\w+) +\|/gm), expected)
  t.end()
})
