import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { findQemu } from '../../runner/launch/qemu.js'

/** Finds the QEMU that is this shell script, with nothing remembered. */
function find(t: Test, script: string) {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const path = join(folder, 'qemu')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return findQemu(path)
}

const version = 'case "$*" in *--version*) echo "QEMU emulator version 9.2.1"; exit 0;; esac'

t.test('a script that leaves a child behind is asked and done with', async t => {
  t.match(await find(t, `sleep 1000 & ${version}`), { version: '9.2.1' })
})

t.test('a QEMU that knows no sandbox, and one that does', async t => {
  const complaint = 'echo "-sandbox support is not enabled in this QEMU binary" >&2; exit 1'
  t.match(await find(t, `${version}; ${complaint}`), { sandbox: false })
  t.match(await find(t, `${version}; case "$*" in *-sandbox\\ on,*) exit 0;; esac; exit 1`), {
    sandbox: true,
  })
})

t.test('what says no version says what it is', async t => {
  await t.rejects(find(t, 'echo "not a QEMU"; exit 0'), /expected a QEMU version, got: not a QEMU$/)
  await t.rejects(find(t, 'exit 3'), /got: nothing, and status 3$/)
})
