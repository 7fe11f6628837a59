import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as layout from '../../../runner/console/protocol/layout.js'
import { packageRoot } from '../../../runner/paths.js'

const header = readFileSync(join(packageRoot, 'guest', 'protocol.h'), 'utf8')
const page = readFileSync(join(packageRoot, 'guest', 'PROTOCOL.md'), 'utf8')

const { offsets, sizes, ...constants } = layout
const fieldSizes: Record<string, number> = { uint8_t: 1, uint32_t: 4 }

function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function value(text: string): string | number {
  return text.startsWith('"') ? text.slice(1, -1) : Number(text)
}

/** Names and values out of every match of a pattern with these two groups, under the names of TypeScript. */
function constantsIn(text: string, pattern: RegExp): Record<string, string | number> {
  return Object.fromEntries(
    [...text.matchAll(pattern)].map(([, name = '', written = '']) => [
      camelCase(name),
      value(written),
    ]),
  )
}

/** The structures of the C header: each field's offset, as they follow each other without padding. */
function structuresInHeader(): { offsets: object; sizes: Record<string, number> } {
  const found: [string, Record<string, number>, number][] = []
  for (const [, name = '', body = ''] of header.matchAll(/struct (\w+) \{\n([^}]*)\}/g)) {
    const fields: Record<string, number> = {}
    let at = 0
    for (const [, type = '', field = '', count] of body.matchAll(
      /^\t(\w+) (\w+)(?:\[(\d+)\])?;$/gm,
    )) {
      fields[field] = at
      at += (fieldSizes[type] ?? Number.NaN) * Number(count ?? 1)
    }
    found.push([camelCase(name), fields, at])
  }
  return {
    offsets: Object.fromEntries(found.map(([name, fields]) => [name, fields])),
    sizes: Object.fromEntries(found.map(([name, , size]) => [name, size])),
  }
}

/** The structures of the page: a line with the name, then a table of offset, size and field. */
function structuresOnPage(): { offsets: object; sizes: Record<string, number> } {
  const found: [string, Record<string, number>, number][] = []
  for (const [, name = '', table = ''] of page.matchAll(
    /^`(\w+)`\n\n\| offset[^\n]*\n\|[^\n]*\n((?:\|[^\n]*\n)+)/gm,
  )) {
    const fields: Record<string, number> = {}
    let end = 0
    for (const [, at, size, field = ''] of table.matchAll(/^\| (\d+) +\| (\d+) +\| (\w+) +\|/gm)) {
      fields[field] = Number(at)
      end = Number(at) + Number(size)
    }
    found.push([camelCase(name), fields, end])
  }
  return {
    offsets: Object.fromEntries(found.map(([name, fields]) => [name, fields])),
    sizes: Object.fromEntries(found.map(([name, , size]) => [name, size])),
  }
}

void t.test('the constants are the same in C, in TypeScript and on the page', t => {
  t.strictSame(constantsIn(header, /^#define (\w+) ("[^"]+"|\w+)$/gm), { ...constants })
  t.strictSame(constantsIn(page, /^\| `(\w+)` +\| ("[^"]+"|\w+) +\|/gm), { ...constants })
  t.end()
})

void t.test('the structures are the same in C, in TypeScript and on the page', t => {
  const { crc, ...structureSizes } = sizes
  t.equal(crc, 4)
  t.strictSame(structuresInHeader(), { offsets, sizes: structureSizes })
  t.strictSame(structuresOnPage(), { offsets, sizes: structureSizes })
  t.end()
})

void t.test('a request of the most ranges fits in front of the report', t => {
  t.ok(sizes.requestHeader + layout.maxRanges * sizes.leafRange + sizes.crc <= layout.reportOffset)
  t.end()
})

void t.test('every note that init sends is on the page, and no other', t => {
  const sources = ['init.c', 'clock.c', 'drivers.c'].map(name =>
    readFileSync(join(packageRoot, 'guest', name), 'utf8'),
  )
  const sent = sources.flatMap(source =>
    [...source.matchAll(/report_note(?:_number)?\("([\w-]+)"/g)].map(([, key]) => key),
  )
  const described = [...page.matchAll(/^\| `([a-z-]+)` +\| [^|]+\|$/gm)].map(([, key]) => key)
  t.strictSame(sent.toSorted(), described.toSorted())
  t.end()
})
