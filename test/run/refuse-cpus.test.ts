import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { InputError } from '../../runner/errors.js'
import { findQemu } from '../../runner/launch/qemu.js'
import { refuseCpus } from '../../runner/run/refuse-cpus.js'
import { loadScenarios } from '../../runner/scenario/load.js'

const { signal } = new AbortController()
process.env.XDG_CACHE_HOME = t.testdir()

t.test('a CPU that QEMU does not make is bad input, at its line', async t => {
  const folder = t.testdir()
  const file = join(folder, 'mine.yaml')
  const document = (name: string, more: string) =>
    `name: ${name}\nsummary: a CPU\nsource: a test\n${more}\nexpect: [{ outcome: reported }]\n`
  writeFileSync(
    file,
    [
      document('good', 'cpu: { model: Haswell-v1 }'),
      document('model', 'cpu: { model: Haswel-v1 }'),
      document('inherits', 'like: model'),
      document('property', 'cpu:\n  properties:\n    nosuch: true'),
      document('old', 'cpu: { model: Nonesuch-v1 }\nneeds: { qemu: ">=99" }'),
    ].join('---\n'),
  )
  const qemu = await findQemu()
  const place = { accelerator: 'tcg', qemu, triedQemu: null } as const
  const target = { kernel: { version: '6.1.1', config: null } }
  const guests = loadScenarios([file]).map(scenario => ({ scenario, place, target }))
  const error = await refuseCpus(guests, signal).catch((error: unknown) => error)
  t.ok(error instanceof InputError)
  const lines = (error as Error).message.split('\n')
  t.equal(lines.length, 3, 'those that are skipped are not asked for')
  const { version } = qemu
  t.equal(
    lines[0],
    `${file}:10: model: cpu.model: expected a CPU model of QEMU ${version}, got \`Haswel-v1\`; the nearest: Haswell-v1, Haswell-v2, Haswell-v3`,
  )
  t.match(lines[1], `${file}:10: inherits: cpu.model: expected`)
  t.match(lines[2], `${file}:24: property: cpu.properties.nosuch: expected what QEMU`)
  await refuseCpus(guests.slice(0, 1), signal)
  const nested = guests.map(guest => ({
    ...guest,
    place: { ...place, accelerator: 'nested' as const },
  }))
  await refuseCpus(nested, signal)
})
