import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { endIn, storyOf } from './story.js'

// Not beside this file: the unit tier runs it compiled, elsewhere.
const folder = join(packageRoot, 'test', 'golden')
const consoles = readdirSync(folder).filter(name => name.endsWith('.console'))

t.test('guise makes of each console what it made before; `npm run golden` writes it anew', t => {
  t.ok(consoles.length >= 10)
  for (const name of consoles) {
    const path = join(folder, name)
    const expected = readFileSync(path.replace(/\.console$/, '.json'), 'utf8')
    const story = storyOf(readFileSync(path, 'latin1'), endIn(expected))
    t.same(story.split('\n'), expected.split('\n'), name)
  }
  t.end()
})

t.test('a console’s bytes reach no terminal by their story', t => {
  const line = '[    0.000000] Hypervisor detected: K\u202e\u009b31m\u007fVM'
  const story = storyOf(Buffer.from(line).toString('latin1'), 'report')
  t.match(story, /^[\x20-\x7e\n]+$/)
  t.match(story, '"Hypervisor detected: K\\u202e\\u009b31m\\u007fVM"')
  t.end()
})
