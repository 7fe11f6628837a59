import t from 'tap'
import { explain, runTool } from '../../../../images/distribution/debian/run.js'

t.test('output and success', async t => {
  t.match(await runTool('sh', ['-c', 'echo out; echo err >&2']), {
    ok: true,
    stdout: 'out',
    stderr: 'err',
  })
  t.match(await runTool('sh', ['-c', 'exit 3']), { ok: false })
  t.match(await runTool('pwd', [], { cwd: '/' }), { stdout: '/' })
})

t.test('a machine without the tool', async t => {
  await t.rejects(runTool('no-such-apt', []), {
    name: 'EnvironmentError',
    message: /^no-such-apt is not there/,
  })
})

t.test('an interrupted tool', async t => {
  const reason = new Error('interrupted')
  await t.rejects(runTool('sleep', ['60'], { signal: AbortSignal.abort(reason) }), reason)
  const controller = new AbortController()
  const running = runTool('sleep', ['60'], { signal: controller.signal })
  setTimeout(() => {
    controller.abort(reason)
  }, 50)
  await t.rejects(running, reason)
})

t.test('what went wrong, in one line', t => {
  const why = (stderr: string) => explain({ ok: false, stdout: '', stderr })
  t.equal(
    why('W: noise\nE: Failed to fetch x\nE: Some index files failed to download.\nE: and y'),
    'Failed to fetch x; and y',
  )
  t.equal(why('one\ntwo\nthree\n'), 'two; three')
  t.equal(why(''), 'it gave no reason')
  t.end()
})
