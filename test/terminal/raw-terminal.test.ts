import t, { type Test } from 'tap'
import { keepTerminalProgram } from '../../runner/paths.js'
import { until } from '../fixtures/sandbox.js'
import { startOnTerminal } from '../fixtures/terminal.js'

/** Has the program keep a terminal while `then` runs, as guise does; its standard input ends with that. */
function kept(t: Test, then: string, name = 'xterm') {
  const script = [
    'stty -a >before',
    `({ ${then}; } >/dev/tty) | '${keepTerminalProgram}' 3</dev/tty 4>/dev/tty >said`,
    'echo "status $?"',
    'stty -a >after',
    'cmp before after && echo as-before',
  ].join('\n')
  const terminal = startOnTerminal(['/bin/sh', '-c', script], { cwd: t.testdir({}), name })
  t.teardown(() => {
    terminal.close()
  })
  return terminal
}

const raw = 'until [ -s said ]; do sleep 0.01; done; stty -a </dev/tty | tr -d "\\n"'

t.test('a terminal is raw while it is kept, and then as it was, whatever was in it', async t => {
  const terminal = kept(t, `${raw}; cat said; printf '\\033[?1049h'`)
  t.equal(await terminal.ended, 0)
  const shown = terminal.shown()
  t.match(shown, /-isig -icanon -iexten -echo .*raw/s)
  t.match(shown, /\[\?1047l.*\[\?25h.*\[\?2004l.*\[0mstatus 0\r\nas-before\r\n$/s)
})

t.test('a terminal that is somebody else’s is left alone', async t => {
  const script = `set -m; '${keepTerminalProgram}' 3</dev/tty 4>/dev/tty & wait $!; echo "status $?"`
  const terminal = startOnTerminal(['/bin/sh', '-c', script])
  t.equal(await terminal.ended, 0)
  t.equal(terminal.shown(), 'guise is in the background\r\nstatus 1\r\n')
})

t.test('a terminal that knows no sequences gets none', async t => {
  const terminal = kept(t, `${raw} >/dev/null`, 'dumb')
  await until(() => terminal.shown().includes('as-before'))
  t.equal(terminal.shown(), 'status 0\r\nas-before\r\n')
})
