import t from 'tap'
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
  t.equal(
    formatProgress({ ...progress, setup: 'downloading 32/61 packages, 41 MB' }),
    'downloading 32/61 packages, 41 MB, for 6 s, 38 s left',
  )
  const setup = 'building 843/1557, 4 min left'
  t.equal(formatProgress({ ...progress, setup }), setup, 'one time that is left, not two')
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
