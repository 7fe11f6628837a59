import t from 'tap'
import { byVersion } from '../../runner/matrix/columns.js'
import { makeMatrix } from '../../runner/matrix/matrix.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { exampleRecord } from '../fixtures/record.js'

const build = (
  sha256: string,
  changes: Partial<GuiseRecord['kernel']> = {},
  more: Partial<GuiseRecord> = {},
) => {
  const kernel = { spec: '/k', release: '6.1.9', version: '6.1.9', banner: '6.1.9', sha256 }
  return exampleRecord({ ...more, kernel: { ...exampleRecord().kernel, ...kernel, ...changes } })
}
const names = (...records: GuiseRecord[]) => makeMatrix(records).kernels.map(({ name }) => name)
const stamped = (text: string) => ({ banner: `6.1.9 (a@b) ${text}` })

t.test('columns of one version are named by the shortest that tells them apart', t => {
  const at = (time: string) => stamped(`#1 SMP Wed Nov 25 ${time} UTC 2026`)
  t.same(names(build('1')), ['6.1.9'])
  t.same(
    names(build('1', { release: '6.1.0-9-cloud-amd64' }), build('2', { release: '6.1.0-9' })),
    ['6.1.9', '6.1.9 cloud'],
  )
  t.same(names(build('1', { release: '6.1.0-9-rt-amd64' }), build('2', { release: '6.1.0-9' })), [
    '6.1.9',
    '6.1.9 rt',
  ])
  t.same(names(build('1', { release: '6.1.9-a' }), build('2', { release: '6.1.9-b' })), [
    '6.1.9 6.1.9-a',
    '6.1.9 6.1.9-b',
  ])
  t.same(names(build('1', stamped('#4 SMP')), build('2', stamped('#12 SMP'))), [
    '6.1.9 #4',
    '6.1.9 #12',
  ])
  t.same(names(build('1', at('10:00:01')), build('2', at('10:07:00'))), [
    '6.1.9 Nov 25 10:00:01',
    '6.1.9 Nov 25 10:07:00',
  ])
  t.same(names(build('1', { spec: '/home/linux' }), build('2', { spec: '/home/linux-x' })), [
    '6.1.9 linux',
    '6.1.9 linux-x',
  ])
  t.same(names(build('1', { spec: '/a/bzImage' }), build('2', { spec: '/b/bzImage' })), [
    '6.1.9 /a/bzImage',
    '6.1.9 /b/bzImage',
  ])
  t.same(names(build('0123456789'), build('abcdef0123')), ['6.1.9 01234567', '6.1.9 abcdef01'])
  t.end()
})

t.test('a kernel of two runs is two columns, from the older run on', t => {
  const run = (time: string) => ({ run: `2026-11-25T${time}:30.000Z-12` })
  const first = build('1', {}, { ...run('10:01'), verdict: 'fail' })
  const second = build('1', {}, run('10:02'))
  const { kernels, rows } = makeMatrix([second, first])
  t.same(
    kernels.map(({ name }) => name),
    ['6.1.9 11-25 10:01', '6.1.9 11-25 10:02'],
  )
  t.same(
    rows[0]?.cells.map(cell => cell?.verdict),
    ['fail', 'pass'],
  )
  const rebuilt = build('2', stamped('#2'), run('10:02'))
  t.same(names(first, second, rebuilt), ['6.1.9 11-25 10:01', '6.1.9 11-25 10:02', '6.1.9 #2'])
  t.same(names(first, first), ['6.1.9'], 'a folder that is named twice')
  const other = { ...second, scenario: 'xen' }
  t.same(names(first, other), ['6.1.9'], 'each has scenarios of its own')
  const moment = { ...second, run: '2026-11-25T10:02:31.000Z-13' }
  t.equal(new Set(names(second, moment)).size, 2, 'in one minute')
  t.end()
})

t.test('builds of one version stand in the order in which they were given', t => {
  t.equal(byVersion({ version: '6.1', release: 'x' }, { version: '6.1', release: 'x' }), 0)
  const dirty = build('2', { release: '6.1.9-00001-gabcdef012345-dirty' })
  const clean = build('1', { release: '6.1.9-g0123456789ab' })
  t.same(
    makeMatrix([dirty, clean]).kernels.map(({ sha256 }) => sha256),
    ['2', '1'],
  )
  t.end()
})
