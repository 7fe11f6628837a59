import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { storyOf } from './story.js'

// Not beside this file: the unit tier runs it compiled, elsewhere.
const folder = join(packageRoot, 'test', 'golden')
const consoles = readdirSync(folder).filter(name => name.endsWith('.console'))

t.test('guise makes of each console what it made before; `npm run golden` writes it anew', t => {
  t.ok(consoles.length >= 10)
  for (const name of consoles) {
    const path = join(folder, name)
    const expected = readFileSync(path.replace(/\.console$/, '.json'), 'utf8')
    t.same(storyOf(readFileSync(path, 'latin1')).split('\n'), expected.split('\n'), name)
  }
  t.end()
})
