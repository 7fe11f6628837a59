import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { z } from 'zod'
import { cacheFolder } from '../../runner/cache/files.js'
import { Memo } from '../../runner/cache/memo.js'

const schema = z.object({ answer: z.number() })

t.beforeEach(t => {
  process.env.XDG_CACHE_HOME = t.testdir()
})

const onlyFile = () => {
  const folder = join(cacheFolder(), 'memo/numbers')
  return join(folder, readdirSync(folder)[0] ?? '')
}

t.test('an answer is found once and remembered by its key', async t => {
  const memo = new Memo('numbers', schema)
  let asked = 0
  const produce = () => Promise.resolve({ answer: ++asked })
  t.same(await memo.getOrCompute('a key\nof two lines', produce), { answer: 1 })
  t.same(await memo.getOrCompute('a key\nof two lines', produce), { answer: 1 })
  t.same(await memo.getOrCompute('another', produce), { answer: 2 })
})

t.test('an old answer is asked for again, and can still be recalled', async t => {
  const memo = new Memo('numbers', schema, 1000)
  await memo.set('key', { answer: 1 })
  t.match(memo.get('key'), { value: { answer: 1 }, fresh: true })
  const past = new Date(Date.now() - 2000).toISOString()
  writeFileSync(onlyFile(), JSON.stringify({ key: 'key', at: past, value: { answer: 1 } }))
  t.match(memo.get('key'), { value: { answer: 1 }, fresh: false, at: new Date(past) })
  t.same(await memo.getOrCompute('key', () => Promise.resolve({ answer: 2 })), { answer: 2 })
  t.match(memo.get('key'), { value: { answer: 2 }, fresh: true })
})

t.test('an answer from the future is not fresh', async t => {
  const memo = new Memo('numbers', schema)
  await memo.set('key', { answer: 1 })
  const future = new Date(Date.now() + 3_600_000).toISOString()
  writeFileSync(onlyFile(), JSON.stringify({ key: 'key', at: future, value: { answer: 1 } }))
  t.match(memo.get('key'), { fresh: false })
})

t.test('what is damaged, of another form or of another key is not remembered', async t => {
  const memo = new Memo('numbers', schema)
  t.equal(memo.get('key'), undefined)
  await memo.set('key', { answer: 1 })
  const at = new Date().toISOString()
  for (const text of [
    '{"key": "key", "at": "20',
    '[]',
    JSON.stringify({ key: 'key', at, value: { reply: 1 } }),
    JSON.stringify({ key: 'other', at, value: { answer: 1 } }),
    JSON.stringify({ key: 'key', at: 'yesterday', value: { answer: 1 } }),
  ]) {
    writeFileSync(onlyFile(), text)
    t.equal(memo.get('key'), undefined, text)
  }
})

t.test('a failure is not remembered', async t => {
  const memo = new Memo('numbers', schema)
  await t.rejects(
    memo.getOrCompute('key', () => Promise.reject(new Error('no'))),
    { message: 'no' },
  )
  t.equal(memo.get('key'), undefined)
})
