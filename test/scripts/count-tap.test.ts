import { execa } from 'execa'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'

async function count(...taps: string[]) {
  await using folder = await temporaryFolder('count')
  const files = taps.map((_, n) => join(folder.path, `${n}.tap`))
  await Promise.all(taps.map((tap, n) => writeFile(files[n] ?? '', tap)))
  return await countFiles(...files)
}

async function countFiles(...files: string[]) {
  const script = join(packageRoot, 'scripts/count-tap.js')
  const { stdout, exitCode } = await execa(script, files, { reject: false })
  return [stdout, exitCode]
}

const good = 'TAP version 14\nok 1 - a\nok 2 - b\n1..2\n'

// As tap 21 writes it for a file that ends with status 7 after its last good point.
const crashed = `TAP version 14
1..1
# Subtest: test/b.test.ts
    ok 1 - should be equal
    1..1
    # time=4.982ms
not ok 1 - test/b.test.ts # time=4.982ms
  ---
  exitCode: 7
  signal: null
  ...
`

const nested = `TAP version 14
1..2
# Subtest: one
    # Subtest: inner
        ok 1 - should be equal
        not ok 2 - should be equal
        1..2
    not ok 1 - inner
    ok 2 - skipped # SKIP no reason
    not ok 3 - to do # TODO later
    1..3
not ok 1 - one

# Subtest: two
    1..0 # nothing to do here
ok 2 - two # SKIP nothing to do here
`

t.test('points are counted where they are made', async t => {
  t.same(await count(good), ['2 passed, 0 failed, 0 skipped', 0])
  t.same(await count(nested), ['1 passed, 1 failed, 3 skipped', 1])
})

t.test('several files add up', async t => {
  t.same(await count(good, nested, good), ['5 passed, 1 failed, 3 skipped', 1])
})

t.test('a file that crashed after its last good point has failed', async t => {
  t.same(await count(crashed), ['1 passed, 1 failed, 0 skipped', 1])
})

t.test('a run that was cut short has failed', async t => {
  t.same(await count('TAP version 14\n1..3\nok 1 - a\n'), ['1 passed, 1 failed, 0 skipped', 1])
  t.same(await count('TAP version 14\nok 1 - a\n'), ['1 passed, 1 failed, 0 skipped', 1])
  t.same(await count('ok 1 - a\nBail out! no disk\n'), ['1 passed, 1 failed, 0 skipped', 1])
})

t.test('a run without a test has failed', async t => {
  for (const nothing of ['', 'TAP version 14\n1..0 # no tests found\n', 'no TAP at all\n'])
    t.same(await count(nothing), ['0 passed, 1 failed, 0 skipped', 1], JSON.stringify(nothing))
  t.same(await countFiles('/nonexistent/unit.tap'), ['0 passed, 1 failed, 0 skipped', 1])
  t.same(await countFiles(), ['0 passed, 0 failed, 0 skipped', 1])
})
