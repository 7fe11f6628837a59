import t from 'tap'
import { Qmp } from '../../../runner/console/look/qmp.js'

/** A monitor whose commands are kept, and which says what it is told to. */
function monitor() {
  const sent: string[] = []
  const qmp = new Qmp({ send: text => sent.push(text), close: () => undefined }, 5000)
  const answer = (value: unknown) => {
    qmp.take(`${JSON.stringify({ return: value })}\n`)
  }
  return { qmp, sent, answer }
}

t.test('answers come in the order of the commands, however many wait', async t => {
  const { qmp, sent, answer } = monitor()
  const answers = [qmp.execute('first'), qmp.execute('quit')]
  t.equal(sent.length, 2)
  answer(1)
  answer(2)
  t.same(await Promise.all(answers), [1, 2])
})

t.test('all that wait hear of its end, and whoever asks after it', async t => {
  const { qmp } = monitor()
  const answers = [qmp.execute('first'), qmp.execute('quit')]
  qmp.fail(new Error('gone'))
  for (const each of answers) await t.rejects(each, { message: 'gone' })
  await t.rejects(qmp.execute('after'), { message: 'gone' })
})
