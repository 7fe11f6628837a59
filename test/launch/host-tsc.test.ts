import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hostTscKhz, measureTscKhz } from '../../runner/launch/host-tsc.js'
import { tscRateProgram } from '../../runner/paths.js'

const folder = t.testdir({ cache: {} })

function program(script: string): string {
  const path = join(folder, 'program')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

t.test('measured twice, the TSC counts as fast', async t => {
  const [first, second] = [await measureTscKhz(tscRateProgram), await measureTscKhz(tscRateProgram)]
  // In kHz: no x86-64 was ever slower or faster.
  t.ok(first !== null && first > 500_000 && first < 8_000_000, String(first))
  t.ok(Math.abs((second ?? 0) / (first ?? 1) - 1) < 0.01, `${first} and ${second}`)
})

t.test('what does not say a rate says nothing', async t => {
  t.equal(await measureTscKhz(program('echo 2445405')), 2_445_405)
  t.equal(await measureTscKhz(program('exit 1')), null)
  t.equal(await measureTscKhz(program('echo 2445405; exit 1')), null)
  t.equal(await measureTscKhz(program('echo')), null)
  t.equal(await measureTscKhz(program('echo much')), null)
  t.equal(await measureTscKhz(join(folder, 'none')), null)
})

t.test('a rate is measured once for a boot', async t => {
  const before = process.env.XDG_CACHE_HOME
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  t.teardown(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME
    else process.env.XDG_CACHE_HOME = before
  })
  const first = await hostTscKhz()
  t.ok(existsSync(join(folder, 'cache', 'guise', 'memo', 'tsc-rates')))
  t.equal(await hostTscKhz(), first, 'to the last kHz')
})
