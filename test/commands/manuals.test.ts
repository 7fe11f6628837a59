import { spawnSync } from 'node:child_process'
import t from 'tap'
import { bashCompletion } from '../../runner/commands/bash-completion.js'
import { describeProgram, type DescribedCommand } from '../../runner/commands/described-program.js'
import { manPage } from '../../runner/commands/man-page.js'
import { makeProgram } from '../../runner/commands/program.js'
import { Sandbox } from '../fixtures/sandbox.js'

const sandbox = await Sandbox.create(t)
const program = describeProgram(makeProgram(() => undefined))
const everyCommand = (command: DescribedCommand): DescribedCommand[] =>
  command.commands.flatMap(each => [each, ...everyCommand(each)])
const commands = everyCommand(program)

/** What bash would complete of a command line, whose last word is begun. */
async function complete(...words: string[]): Promise<string[]> {
  const guise = sandbox.write('bin/guise', `#!/bin/sh\nexec ${sandbox.command().join(' ')} "$@"\n`)
  spawnSync('chmod', ['+x', guise])
  const file = sandbox.write('completion', bashCompletion(program))
  const script = `
    . ${file}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _guise "$1" "\${!#}" "\${COMP_WORDS[COMP_CWORD-1]}"
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stdout, stderr } = await sandbox.exec(
    ['bash', '-c', script, 'bash', guise, ...words],
    { cwd: sandbox.path },
  )
  if (status !== 0 || stderr !== '') throw new Error(stderr)
  return stdout.split('\n').filter(line => line !== '')
}

t.test('the manual page has each command and each option', t => {
  const page = manPage(program, '1.2.3')
  for (const { name, options, commands: below } of commands) {
    if (below.length > 0) continue
    const typed = (text: string) => text.replaceAll('-', '\\-')
    t.ok(page.includes(`\n.SS guise ${typed(name)}`), name)
    for (const { flags } of options)
      t.ok(page.includes(`\n.B ${typed(flags)}\n`), `${name} ${flags}`)
  }
  t.match(page, /^\.TH GUISE 1 "" "guise 1\.2\.3"/)
  t.notMatch(page, /^[.'](?!TH|SH|SS|TP|B|I|br)/m, 'no line is taken for a request')
  t.notMatch(page, '’')
  t.end()
})

const hasMan = spawnSync('man', ['--version']).status === 0

t.test('man(1) shows it without a warning', { skip: !hasMan && 'no man(1) here' }, async t => {
  const page = await sandbox.guise('man')
  const file = sandbox.write('guise.1', page.stdout)
  const env = { MANWIDTH: '100', LC_ALL: 'C.UTF-8' }
  const shown = await sandbox.exec(['man', '--warnings', '-P', 'cat', file], { env })
  t.equal(shown.status, 0)
  t.equal(shown.stderr, '')
  t.match(
    shown.stdout,
    /^ +--format <format>\n +Of the result: text, tap, ktap, junit, kcidb, markdown, json \(default: text\)\.$/m,
  )
})

t.test('bash completes commands, options, what they take, scenarios and files', async t => {
  t.same(await complete('ba'), ['baseline'])
  t.same(await complete('baseline', 'ch'), ['check'])
  t.same(await complete('baseline', 'check', '--base'), ['--baselines'])
  t.same(await complete('run', '--accel', 'n'), ['nested'])
  t.same(await complete('run', '--filter', 'run'), [], 'what is no word of guise’s is the user’s')
  t.same(await complete('run', '--filter', 'baseline', '--resu'), ['--resume'])
  t.same(await complete('run', 'kvm-behind-hyperv-ti'), ['kvm-behind-hyperv-timing-leaf'])
  t.same(await complete('explain', 'kvm', '@regr'), ['@regressions'])
  t.same(await complete('matrix', '--format', 't'), ['text', 'tap'])
  t.same(await complete('run', '--kernel', 'bz'), ['bzImage'])
  t.same(await complete('report', 'com'), ['completion'])
  t.same(await complete('doctor', 'b'), [])
  for (const { name, options } of commands) {
    if (options.length === 0) continue
    const found = await complete(...name.split(' '), '--')
    t.same(
      found,
      [...options.map(option => option.name), '--help'].filter(each => each.startsWith('--')),
      name,
    )
  }
})

t.test('what is sourced is what the program is', async t => {
  t.equal((await sandbox.guise('completion', 'bash')).stdout, bashCompletion(program))
  t.match(await sandbox.guise('completion', 'fish'), { status: 2, stderr: /bash, names/ })
})
