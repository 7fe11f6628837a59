import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import type { Kernel } from '../../images/kernel/kernel.js'
import { packResult, unpackResult } from '../../runner/fleet/result.js'
import { exampleRecord } from '../fixtures/record.js'
import { parseScenario } from '../fixtures/scenario.js'

const scenario = { ...parseScenario(''), file: '/mine/test.yaml' }
const kernel = { ...exampleRecord().kernel, spec: 'mine' } as unknown as Kernel
const dirs = t.testdir({ worker: {}, mine: {} })
const [there, here] = [join(dirs, 'worker'), join(dirs, 'mine')]
writeFileSync(join(there, 'test.console.log'), 'it boots')
writeFileSync(join(there, 'test.console.1.log'), 'it hung')
const record = exampleRecord({
  scenario: 'test',
  file: join(there, 'ab.yaml'),
  console: join(there, 'test.console.log'),
  picture: '/etc/passwd',
})
const where = { run: 'mine', worker: 'one', folder: here }

/** A result whose JSON somebody has changed. */
async function changed(change: (text: string) => string): Promise<Buffer> {
  const packed = await packResult({ record, details: { consoleTail: ['it boots'] } }, there)
  return gzipSync(change(gunzipSync(packed).toString()))
}

t.test('a record comes back as if it had been made here', async t => {
  const bytes = await changed(text => text)
  const taken = await unpackResult(bytes, { scenario, kernel }, where)
  t.same(taken.details, { consoleTail: ['it boots'] })
  t.same(taken.record, {
    ...{ ...record, run: 'mine', worker: 'one', file: '/mine/test.yaml', picture: null },
    ...{ kernel: { ...record.kernel, spec: 'mine' }, console: join(here, 'test.console.log') },
  })
  t.equal(readFileSync(join(here, 'test.console.log'), 'utf8'), 'it boots')
  t.equal(readFileSync(join(here, 'test.console.1.log'), 'utf8'), 'it hung')
})

t.test('nothing that a worker says leads elsewhere', async t => {
  const name = '"name":"test.console.1.log"'
  for (const other of ['../x.log', 'test.console.log/../../x', 'test.json', 'run.json', 'a.png']) {
    const bytes = await changed(text => text.replace(name, `"name":"${other}"`))
    const taking = unpackResult(bytes, { scenario, kernel }, where)
    await t.rejects(taking, { message: /expected a result of one, got a file of another name/ })
  }
  t.notOk(existsSync(join(dirs, 'x.log')))
  const other = await changed(text => text.replace('"scenario":"test"', '"scenario":"other"'))
  await t.rejects(unpackResult(other, { scenario, kernel }, where), { message: /that of other/ })
  const kernels = await changed(text => text.replaceAll('ab12', 'cd34'))
  await t.rejects(unpackResult(kernels, { scenario, kernel }, where), { message: /on cd34/ })
  for (const bytes of [Buffer.from('none'), gzipSync('{}'), await changed(text => text.slice(9))])
    await t.rejects(unpackResult(bytes, { scenario, kernel }, where), { message: /something else/ })
})
