import t from 'tap'
import { InputError } from '../../runner/errors.js'
import { parseQueueUrl, withoutPassword } from '../../runner/fleet/queue-url.js'

t.test('what a URL says', t => {
  const plain = { host: 'box', port: 6379, db: 0, username: undefined, password: undefined }
  t.same(parseQueueUrl('redis://box'), { ...plain, tls: false, shown: 'redis://box:6379' })
  t.same(parseQueueUrl('redis://box/'), { ...plain, tls: false, shown: 'redis://box:6379' })
  t.same(parseQueueUrl('rediss://me:p%40ss@box:7000/3'), {
    ...{ host: 'box', port: 7000, db: 3, username: 'me', password: 'p@ss', tls: true },
    shown: 'rediss://me@box:7000/3',
  })
  t.match(parseQueueUrl('redis://:secret@[::1]:7/'), { host: '::1', password: 'secret' })
  t.notMatch(parseQueueUrl('redis://:secret@box').shown, 'secret')
  t.end()
})

t.test('what is no queue’s is refused, and not shown', t => {
  for (const text of [
    ...['', 'box', 'box:6379', 'http://secret@box', 'redis:secret', 'redis://', 'redis:///0'],
    ...['redis://box/secret', 'redis://box/1/2', 'redis://box?secret', 'redis://box#secret'],
    ...['redis://:secret%@box', 'redis://u:secret@box:99999'],
  ]) {
    try {
      parseQueueUrl(text)
      t.fail(text)
    } catch (error) {
      t.ok(error instanceof InputError, text)
      t.match((error as Error).message, /^--queue: expected /)
      t.notMatch((error as Error).message, 'secret')
    }
  }
  t.end()
})

t.test('a command line is kept without the password', t => {
  t.equal(withoutPassword('redis://me:secret@box:1/2'), 'redis://me@box:1/2')
  t.equal(withoutPassword('--queue=rediss://:se:c@ret@box'), '--queue=rediss://@box')
  t.equal(withoutPassword('redis://box'), 'redis://box')
  t.equal(withoutPassword('a.yaml:name'), 'a.yaml:name')
  t.end()
})
