import { execa } from 'execa'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

import { overrideObject, packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'
import { buildNative, runTiny, statusDone } from './tiny-guest.js'

await buildNative()
const folder = await temporaryFolder('object')
t.teardown(() => folder[Symbol.asyncDispose]())
const table = join(folder.path, 'table')
await writeFile(table, 'guise-cpuid 2 tcg\n')
const preloaded = { LD_PRELOAD: overrideObject, GUISE_CPUID_TABLE: table }

await t.test(
  'it exports what it stands in for alone, and needs libc alone, of any version since 2.14',
  async t => {
    const { stdout: symbols } = await execa('nm', ['-D', '--defined-only', overrideObject])
    t.same(
      [...symbols.matchAll(/ T (\S+)$/gm)].map(([, name]) => name),
      ['ioctl', 'ppoll', 'pthread_mutex_unlock', 'write', 'writev'],
    )
    const { stdout: dynamic } = await execa('readelf', [
      '--wide',
      '--dynamic',
      '--version-info',
      overrideObject,
    ])
    t.same(
      Array.from(dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g), match => match[1]),
      ['libc.so.6'],
    )
    const minors = Array.from(dynamic.matchAll(/Name: GLIBC_2\.(\d+)/g), match => Number(match[1]))
    t.ok(minors.length > 0)
    t.ok(Math.max(...minors) <= 14, `up to GLIBC_2.${Math.max(...minors)}`)
  },
)

await t.test('the same sources give the same bytes, with a build ID to name them by', async t => {
  const out = join(folder.path, 'again')
  await execa('make', ['-s', '-C', join(packageRoot, 'runner', 'native'), `out=${out}`])
  t.ok((await readFile(join(out, 'override.so'))).equals(await readFile(overrideObject)))
  const { stdout } = await execa('readelf', ['--notes', overrideObject])
  t.match(stdout, /Build ID: [\da-f]{40}/)
})

await t.test('without a table it changes nothing', async t => {
  const leaves = ['0', '1', '7', 'd.1', '40000000', '40000001', '40000010', '80000001', '80000008']
  const bare = await runTiny({ accel: 'tcg', leaves })
  const loaded = await runTiny({ accel: 'tcg', leaves, env: { LD_PRELOAD: overrideObject } })
  t.equal(bare.answers.size, leaves.length)
  t.same(loaded, bare)
})

await t.test('programs on the way to QEMU are left alone, and pass it on', async t => {
  const run = {
    accel: 'tcg',
    leaves: ['40000002'],
    table: ['leaf 0x40000002 - - 0x0 0x7 0x0 0x0 0x0 0x0 0x0 0x0'],
  } as const
  const wrapper = ['setpriv', '--pdeathsig', 'KILL', 'sh', '-c', '"$@"', 'sh']
  const result = await runTiny({ ...run, wrapper })
  t.equal(result.status, statusDone)
  t.equal(result.answers.get('40000002'), '00000007 00000000 00000000 00000000')
})

await t.test('programs that QEMU starts do not inherit it', async t => {
  const seen = join(folder.path, 'seen')
  const args = [
    '-M',
    'none',
    '-nodefaults',
    '-display',
    'none',
    '-incoming',
    `exec:env >${seen}; kill $PPID`,
  ]
  const { stderr } = await execa('qemu-system-x86_64', args, {
    env: preloaded,
    reject: false,
    timeout: 30_000,
  })
  const variables = await readFile(seen, 'utf8')
  t.match(variables, /^PATH=/m, stderr)
  t.notMatch(variables, /^(LD_PRELOAD|GUISE_CPUID_TABLE)=/m)
})

await t.test('a program that is no QEMU does not even read the table', async t => {
  const env = { ...preloaded, GUISE_CPUID_TABLE: '/nonexistent' }
  t.equal((await execa('echo', ['fine'], { env })).stdout, 'fine')
})

await t.test(
  'a QEMU that does not export cpu_x86_cpuid is refused under TCG, by its name',
  async t => {
    const fake = join(folder.path, 'qemu-system-x86_64')
    await copyFile('/bin/true', fake)
    const result = await execa(fake, { env: preloaded, reject: false })
    t.equal(
      result.stderr,
      `guise: override: ${fake}: expected a QEMU whose cpu_x86_cpuid can be taken over, ` +
        'got: it does not export cpu_x86_cpuid and tcg_allowed',
    )
    t.equal(result.exitCode, 78)
  },
)

await t.test(
  'a QEMU whose cpu_x86_cpuid starts in an unknown way is refused, with the bytes',
  async t => {
    const source = join(folder.path, 'fake.c')
    const fake = join(folder.path, 'fake')
    await writeFile(
      source,
      `_Bool tcg_allowed = 1;
     __asm__(".globl cpu_x86_cpuid\\n.type cpu_x86_cpuid, @function\\n"
             "cpu_x86_cpuid: push %r15\\njmp 1f\\n.skip 64, 0x90\\n1: pop %r15\\nret\\n");
     int main(void) { return 0; }`,
    )
    await execa('gcc', ['-rdynamic', '-o', fake, source])
    t.equal((await execa(fake, { env: { LD_PRELOAD: overrideObject } })).exitCode, 0)
    const result = await execa(fake, { env: preloaded, reject: false })
    t.match(
      result.stderr,
      /: expected a QEMU .*, got: bytes no prologue known to be movable: 41 57 eb 40 90 90/,
    )
    t.ok(result.stderr.startsWith(`guise: override: ${fake}: `))
    t.equal(result.exitCode, 78)
  },
)

await t.test('with a table for KVM, other ioctls pass with argument, result and errno', async t => {
  const source = join(folder.path, 'ioctls.c')
  // The name is what makes it a QEMU.
  const program = join(folder.path, 'qemu-kvm')
  await writeFile(
    source,
    `#include <errno.h>
     #include <linux/kvm.h>
     #include <stdio.h>
     #include <string.h>
     #include <sys/ioctl.h>
     #include <unistd.h>
     static struct { struct kvm_cpuid2 list; struct kvm_cpuid_entry2 entries[256]; } cpuid = { { .nent = 256 } };
     int main(void)
     {
       int ends[2], waiting = 0;
       if (pipe(ends) || write(ends[1], "guise", 5) != 5 || ioctl(ends[0], FIONREAD, &waiting))
         return 1;
       printf("%d %s\\n", waiting, ioctl(-1, FIONREAD, &waiting) ? strerror(errno) : "");
       fflush(stdout);
       return !ioctl(-1, KVM_SET_CPUID2, &cpuid) || errno != EBADF;
     }`,
  )
  await execa('gcc', ['-o', program, source])

  await writeFile(table, 'guise-cpuid 2 kvm\n')
  const passed = await execa(program, { env: preloaded, reject: false })
  t.match(passed, { stdout: '5 Bad file descriptor', stderr: '', exitCode: 0 })

  await writeFile(table, 'guise-cpuid 2 kvm\nleaf 0x1 - - 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n')
  const refused = await execa(program, { env: preloaded, reject: false })
  t.match(refused, { stdout: '5 Bad file descriptor', exitCode: 78 })
  t.match(
    refused.stderr,
    /^guise: override: expected a table that leaves at most 256 CPUID entries/,
  )
})
