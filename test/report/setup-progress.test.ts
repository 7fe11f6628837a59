import t from 'tap'
import { asLines, formatSetup } from '../../runner/report/setup-progress.js'

const build = (done: number, total: number | null) =>
  ({ kind: 'build', done, total, elapsedMs: 60_000 }) as const

t.test('packages are one counter, with their size', t => {
  const download = { kind: 'download', done: 32, total: 61, bytes: 41_400_000 } as const
  t.equal(formatSetup(download), 'downloading 32/61 packages, 41 MB')
  t.equal(formatSetup({ ...download, done: 0, total: 1 }), 'downloading 0/1 package, 41 MB')
  t.end()
})

t.test('a build counts its objects, and the time that is left where the total is known', t => {
  t.equal(formatSetup(build(843, 1557)), 'building 843/1557, 51 s left')
  t.equal(formatSetup(build(300, 1557)), 'building 300/1557, 5 min left')
  t.equal(formatSetup(build(0, 1557)), 'building 0/1557')
  t.equal(formatSetup(build(843, null)), 'building 843 objects')
  t.end()
})

t.test('lines that stay: every note, and of the rest one every ten seconds', t => {
  const lines: string[] = []
  let time = 0
  const onProgress = asLines(
    line => lines.push(line),
    () => time,
  )
  for (const done of [1, 2, 3]) {
    onProgress(build(done, null))
    time += 6_000
  }
  onProgress({ kind: 'note', text: 'a note' })
  t.same(lines, ['building 1 object', 'building 3 objects', 'a note'])
  t.end()
})
