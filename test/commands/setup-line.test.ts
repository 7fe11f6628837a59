import t from 'tap'
import { withSetupLine } from '../../runner/commands/setup-line.js'

/** What a stream gets of a build, a note and an end. */
const written = async (isTTY: boolean) => {
  let text = ''
  const stream = { isTTY, write: (piece: string) => (text += piece) }
  const result = await withSetupLine(onProgress => {
    onProgress({ kind: 'note', text: 'building 6.1.192 from linux' })
    onProgress({ kind: 'build', done: 843, total: 1557, elapsedMs: 60_000 })
    onProgress({ kind: 'build', done: 900, total: 1557, elapsedMs: 61_000 })
    return Promise.resolve('built')
  }, stream)
  t.equal(result, 'built')
  return text
}

t.test('a terminal has one line that is drawn over, and is gone at the end', async t => {
  const text = await written(true)
  t.match(text, /^guise: building 6\.1\.192 from linux\n\r/)
  t.match(text, 'building 900/1557, 45 s left')
  t.ok(text.endsWith('\r\u001b[K'))
})

t.test('elsewhere lines stay, few of them', async t => {
  t.equal(
    await written(false),
    'guise: building 6.1.192 from linux\nguise: building 843/1557, 51 s left\n',
  )
})
