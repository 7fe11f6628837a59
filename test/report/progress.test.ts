import t from 'tap'
import type { SetupProgress } from '../../images/progress.js'
import { formatProgress, ProgressLine } from '../../runner/report/progress.js'

const progress = {
  setup: null,
  total: 22,
  done: 3,
  failed: 1,
  running: ['vmware', 'hyperv'],
  leftMs: 37_400,
  elapsedMs: 6000,
}

t.test('done, running, failed, time left', t => {
  t.equal(formatProgress(progress), '3/22 done, 1 failed, 38 s left; running: vmware hyperv')
  t.equal(formatProgress({ ...progress, done: 22, failed: 0, running: [] }), '22/22 done, 0 failed')
  t.end()
})

t.test('set-up: the time to the end of the run, where it can be told', t => {
  const said = (setup: SetupProgress) => formatProgress({ ...progress, setup })
  const download = { kind: 'download', done: 30, total: 60, bytes: 41_400_000 } as const
  t.equal(said(download), 'downloading 30/60 packages, 41 MB, 44 s left')
  t.equal(said({ ...download, done: 0 }), 'downloading 0/60 packages, 41 MB, for 6 s')
  const build = { kind: 'build', done: 843, total: 1557, elapsedMs: 60_000 } as const
  t.equal(said(build), 'building 843/1557, 89 s left')
  t.equal(said({ ...build, total: null }), 'building 843 objects, for 6 s')
  t.equal(said({ kind: 'note', text: 'getting ready' }), 'getting ready, for 6 s')
  t.end()
})

t.test('a terminal is drawn over, anything else gets plain lines', t => {
  const written = (isTTY: boolean) => {
    let text = ''
    const line = new ProgressLine({ isTTY, columns: 40, write: piece => (text += piece) })
    line.draw(formatProgress(progress))
    line.note('a note')
    line.clear()
    return text
  }
  const live = written(true)
  t.ok(live.startsWith('\r\u001b[K'))
  t.ok(live.includes('3/22 done, 1 failed, 38 s left; runnin'))
  t.ok(live.endsWith('\r\u001b[Ka note\n'), 'the line is gone before other text comes')
  t.equal(written(false), 'a note\n')
  t.end()
})

t.test('a dumb terminal gets plain lines, and one without a size the usual one', t => {
  const term = process.env.TERM
  t.teardown(() => {
    if (term === undefined) delete process.env.TERM
    else process.env.TERM = term
  })
  const drawn = (name: string, columns: number) => {
    process.env.TERM = name
    let text = ''
    new ProgressLine({ isTTY: true, columns, write: piece => (text += piece) }).draw(
      '1/1 done, 0 failed',
    )
    return text
  }
  t.equal(drawn('dumb', 80), '')
  t.match(drawn('xterm', 0), '1/1 done, 0 failed')
  t.end()
})
