import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { spawn } from 'node:child_process'
import { Sandbox, until } from '../fixtures/sandbox.js'
import { wrongAfter } from './aftermath.js'
import { Bench } from './bench.js'
import type { Fault } from './fault.js'

const base = await Sandbox.create(t)
const whole = new Bench(base, 'tap')
const result = await whole.run()

const none: Fault = {
  injected: 'nothing at all',
  status: 0,
  says: /1\.\.3/,
  records: ['first', 'struck', 'last'],
  struck: { verdict: 'pass', outcome: 'reported' },
}

/** What is found wrong with a run that went well, after something was done to what it left. */
async function found(t: Test, fault: Fault, spoil: (bench: Bench) => void | Promise<void>) {
  const bench = new Bench(base.another(t), 'tap')
  cpSync(whole.output, bench.output, { recursive: true })
  await spoil(bench)
  return { bench, wrong: await wrongAfter(fault, result, bench) }
}

t.test('nothing is wrong where nothing is', async t => {
  const { wrong } = await found(t, none, () => undefined)
  t.strictSame(wrong, [])
})

t.test('a process that is left is seen, by its words or by what it inherited', async t => {
  const sleeping: ReturnType<typeof spawn>[] = []
  t.teardown(() => {
    for (const each of sleeping) each.kill('SIGKILL')
  })
  const { wrong } = await found(t, none, async ({ sandbox }) => {
    // In a session of its own, as a daemon is, and with another name than anything of guise's.
    const options = { detached: true, stdio: 'ignore', env: { TMPDIR: sandbox.at('tmp') } } as const
    sleeping.push(spawn('sleep', ['1001'], options))
    const words = ['-c', 'sleep 1002; :', sandbox.at('kernel')]
    sleeping.push(spawn('sh', words, { stdio: 'ignore' }))
    await until(() => sandbox.relatives().length >= 2)
  })
  t.match(wrong[0], /^a process is left: sleep 1001/)
  t.match(wrong[1], /^a process is left: sh -c sleep 1002; : .*kernel/)
  t.equal(wrong.length, 2)
})

t.test('a temporary folder that is left is seen', async t => {
  const { wrong } = await found(t, none, ({ sandbox }) => {
    mkdirSync(sandbox.at('tmp', 'guise-guest-1-abc'))
  })
  t.strictSame(wrong, ['a temporary file is left: guise-guest-1-abc'])
})

t.test('what is half-written is seen, in the results and in the cache', async t => {
  const { wrong, bench } = await found(t, none, ({ sandbox }) => {
    writeFileSync(`${sandbox.resultPath('last.json')}.7.abcd.tmp`, '{')
    sandbox.write('cache/guise/memo/x.json', '{')
  })
  t.strictSame(wrong, [
    `half-written: ${bench.sandbox.resultPath('last.json')}.7.abcd.tmp`,
    `no JSON: ${bench.sandbox.at('cache/guise/memo/x.json')}`,
  ])
})

t.test('a record that is lost, or says another thing, is seen', async t => {
  const { wrong } = await found(t, none, ({ sandbox }) => {
    rmSync(sandbox.resultPath('last.json'))
  })
  t.match(
    wrong[0],
    /^records: \[\["first","pass","reported"\],\["struck","pass","reported"\]\], exp/,
  )
  const panicked = { ...none, struck: { verdict: 'fail', outcome: 'panic' } } as const
  const other = await found(t, panicked, () => undefined)
  t.match(other.wrong[0], /^records: .*, expected .*\["struck","fail","panic"\]/)
})

t.test('a stream that is cut, or has what does not belong there, is seen', async t => {
  const { bench } = await found(t, none, () => undefined)
  const wrong = (stdout: string, format: Bench['format'] = 'tap') =>
    wrongAfter(
      { ...none, says: /^/ },
      { ...result, stdout },
      { sandbox: bench.sandbox, output: bench.output, format },
    )
  const [first = '', ...rest] = result.stdout.split('\n')
  t.match(await wrong([first, 'rubbish', ...rest].join('\n')), [/^the stream is no tap: .*rubbish/])
  t.match(await wrong(result.stdout.replace(/^ok 3.*\n/m, '')), [/no tap: 2 points of 3/])
  t.match(await wrong('{"scenario":', 'json'), [/^the stream is no json: its last line is cut/])
})

t.test('words, a status, a stack and raw escapes are seen', async t => {
  const { bench } = await found(t, none, () => undefined)
  const stderr = 'guise: \x1b[31ma fault of guise’s own\n    at run (file:///x.js:1:2)\n'
  const fault = { ...none, says: /other words/, status: 3 }
  t.strictSame(await wrongAfter(fault, { ...result, stderr }, bench), [
    'status 0',
    'it does not say /other words/',
    'it prints what is not printable',
    'it prints a stack',
    'it takes the fault for its own',
  ])
})
