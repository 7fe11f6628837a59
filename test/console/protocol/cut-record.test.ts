import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { maxPayload, reportOffset } from '../../../runner/console/protocol/layout.js'
import { parseReport } from '../../../runner/console/protocol/parse-report.js'
import { packageRoot } from '../../../runner/paths.js'

t.test('a record that does not hold all it should is a problem of the report', async t => {
  const program = join(t.testdir({}), 'long-records')
  const guest = join(packageRoot, 'guest')
  const sources = [
    join(packageRoot, 'test', 'fixtures', 'long-records.c'),
    ...['report.c', 'crc32.c'].map(name => join(guest, name)),
  ]
  await execa('gcc', ['-std=gnu11', '-I', guest, '-o', program, ...sources])
  const { stdout } = await execa(program, { encoding: 'buffer' })
  const bytes = Buffer.concat([Buffer.alloc(reportOffset), stdout])
  const report = parseReport('shared-memory', bytes)
  t.ok(report.complete)
  t.match(report.problems, [/a record was cut/])
  t.equal(report.problems.length, 1)
  t.equal(report.notes.get('first'), 'whole')
  t.equal(report.notes.get('second')?.length, maxPayload - 'second='.length)
  t.equal(report.notes.get('third')?.length, maxPayload - 'third='.length, 'no byte too many')
})
