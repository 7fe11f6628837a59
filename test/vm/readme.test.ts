import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { Sandbox } from '../fixtures/sandbox.js'

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8')
// The kernel is in the user's own cache: fetched once, not by each test.
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, GUISE_COMMAND: 'guise' }

/** The blocks of README.md behind a comment `KIND: NAME`. */
function blocks(kind: string): { name: string; text: string }[] {
  const pattern = new RegExp(`<!-- ${kind}: (.*) -->\n\n\`\`\`\\w+\n([^]*?)\`\`\``, 'g')
  return [...readme.matchAll(pattern)].map(([, name = '', text = '']) => ({ name, text }))
}

/**
 * What is printed without what differs from run to run and from one stock kernel to the next: times, paths, versions; and without
 * its line breaks, which README.md has where its lines would be too long.
 */
function lasting(text: string): string {
  return (
    text
      .replace(/^(kernel|QEMU|jobs|output) .*$/gm, '$1')
      .replace(/^ +time .*\n/gm, '')
      .replace(/^ +it waited .*\n/gm, '')
      .replace(/ \d+\.\d s (tcg|nested)$/gm, ' N s $1')
      .replace(/6\.1\.\d+(?: \(.*?\))?/g, '6.1.N')
      .replace(/\d[\d.]* [kMG] to /g, 'N to ')
      .replace(/(firmware before it:) .*/g, '$1 N')
      .replace(/\d+\.\d{3} MHz/g, 'N MHz')
      // Whichever reference it happened to be measured by.
      .replace(/\(tsc: .*?calibration\)/g, '(tsc: measured)')
      .replace(/\s+/g, ' ')
  )
}

t.test('every output in README.md is what guise prints', async t => {
  const sandbox = await Sandbox.create(t)
  for (const { name, text } of blocks('file')) writeFileSync(sandbox.at(name), text)
  const outputs = blocks('output of')
  t.equal(outputs.length, 4)
  for (const { name, text } of outputs) {
    // As a shell takes them apart: only single quotes are used.
    const [, ...words] = [...name.matchAll(/'([^']*)'|\S+/g)].map(
      ([word, quoted]) => quoted ?? word,
    )
    const { stdout } = await sandbox.exec(sandbox.command(...words), {
      cwd: sandbox.path,
      env,
    })
    t.equal(lasting(stdout), lasting(text), name)
  }
})
