import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { asLines } from '../../../../runner/report/setup-progress.js'
import { listBuilds } from '../../../../images/kernel/build/build-record.js'
import { buildKernel } from '../../../../images/kernel/build/build-kernel.js'
import { resolveKernel } from '../../../../images/kernel/resolve.js'
import { askedOf, fakeBuildTools, makeFakeTree } from './fake-tree.js'

fakeBuildTools(t.testdir())

let tree: string
let progress: string[]
t.beforeEach(t => {
  const folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  progress = []
  tree = makeFakeTree(join(folder, 'linux'))
})

const onProgress = asLines(message => progress.push(message))
const build = () => buildKernel(tree, { onProgress })

t.test('a tree is configured and built outside itself', async t => {
  const built = await build()
  t.match(built, { version: '6.1.192', fresh: true, tree })
  t.ok(built.folder.startsWith(process.env.XDG_CACHE_HOME ?? ''), built.folder)
  const how = 'guise Thu Jan  1 00:00:00 UTC 1970'
  t.strictSame(askedOf(built.folder), [
    `tinyconfig ${how}`,
    `olddefconfig ${how}`,
    `vmlinux bzImage modules ${how}`,
  ])
  t.match(progress[0], /^building 6\.1\.192 from .*; the first time takes some minutes$/)
  t.strictSame([...(await listBuilds()).keys()], [built.folder])
})

t.test('what this version refused is said, and kept', async t => {
  tree = makeFakeTree(tree, { knows: ['PVH', 'KVM_GUEST', 'XEN'] })
  writeFileSync(join(tree, 'arch/x86/xen-Kconfig'), '')
  mkdirSync(join(tree, 'drivers'))
  writeFileSync(join(tree, 'drivers/Kconfig'), '\tmenuconfig HYPERV\n\t\tbool\n')
  const { refused } = await build()
  t.match(
    refused.find(({ name }) => name === 'HYPERV'),
    { asked: 'y', got: 'n', known: true },
  )
  t.match(
    refused.find(({ name }) => name === 'BHYVE_GUEST'),
    { known: false },
  )
  t.notOk(refused.some(({ name }) => name === 'XEN' || name === 'VT'))
  t.ok(progress.some(line => /^6\.1\.192 does not know .*\bBHYVE_GUEST\b/.test(line)))
  t.ok(progress.some(line => /^6\.1\.192 refused .*\bHYPERV \(asked y, got n\)/.test(line)))
})

t.test('an unchanged tree builds nothing; a changed one builds on', async t => {
  const first = await build()
  const asked = askedOf(first.folder).length
  const second = await build()
  t.match(second, { ...first, fresh: false })
  t.equal(askedOf(first.folder).length, asked, 'make was not run')

  writeFileSync(join(tree, 'kernel/fork.c'), 'int spoon;\n')
  progress = []
  t.match(await build(), { fresh: true, folder: first.folder })
  t.matchOnly(askedOf(first.folder).slice(asked), [/^vmlinux bzImage /], 'not configured again')
  t.equal(progress[0], `building 6.1.192 anew: ${tree} has changed`)
  t.same(progress.slice(1), [], 'what its configuration lacks is not told again')
})

t.test('a tree that does not build says why, and is built on when it is mended', async t => {
  const error = 'kernel/fork.c:1:5: error: expected a spoon'
  makeFakeTree(tree, { error, warnings: 300 })
  await t.rejects(build(), {
    name: 'InputError',
    message: /linux does not build \(make vmlinux bzImage modules, after \d+ s\)$/,
    compilerLines: [error],
  })
  t.equal((await listBuilds()).size, 0)
  makeFakeTree(tree)
  t.match(await build(), { fresh: true })
})

t.test('a broken build leaves no kernel to be run by mistake', async t => {
  const { folder } = await build()
  makeFakeTree(tree, { error: 'fork.c:1: error: no' })
  await t.rejects(build(), { name: 'InputError' })
  await t.rejects(resolveKernel(folder), { name: 'InputError' })
})

t.test('what is no clean kernel tree is refused', async t => {
  const refused = (path: string, message: RegExp) =>
    t.rejects(buildKernel(path), { name: 'InputError', message })
  await refused(join(tree, 'none'), /no such folder; expected a kernel source tree/)
  await refused(join(tree, 'Makefile'), /is no folder; unpack it first/)
  await refused(join(tree, 'kernel'), /is no kernel source tree: it has no Makefile/)
  writeFileSync(join(tree, '.config'), '')
  await refused(tree, /was built in place \(it has \.config\).*`make mrproper`/)
})

t.test('all tools that are missing are named at once', async t => {
  const path = process.env.PATH
  const { CPATH } = process.env
  t.teardown(() => Object.assign(process.env, { PATH: path, CPATH }))
  const tools = join(dirname(tree), 'tools')
  mkdirSync(tools)
  // What takes the lock and looks at the tree is still to be found.
  for (const tool of ['flock', 'sh', 'cat', 'find', 'setpriv']) {
    writeFileSync(join(tools, tool), `#!/bin/sh\nPATH=${path ?? ''} exec ${tool} "$@"\n`, {
      mode: 0o755,
    })
  }
  process.env.PATH = tools
  delete process.env.CPATH
  await t.rejects(build(), {
    name: 'EnvironmentError',
    message:
      /lacks: gcc, make, flex, bison, bc, perl, xz-utils.*`apt-get install gcc make flex bison bc perl xz-utils/,
  })
})

t.test('a build folder, and a tree that guise has built, are kernels', async t => {
  const { folder, vmlinux, bzImage } = await build()
  const expected = { path: vmlinux, bzImage, format: 'vmlinux', version: '6.1.192' }
  const kernel = await resolveKernel(folder)
  t.match(kernel, { spec: folder, ...expected })
  t.equal(kernel.config?.get('KVM_GUEST'), 'y')
  t.match(await resolveKernel(tree), { spec: tree, ...expected })

  writeFileSync(join(tree, 'kernel/fork.c'), 'int ladle;\n')
  await resolveKernel(tree, { onProgress })
  t.ok(
    progress.some(line => line.includes('has changed')),
    'a changed tree is built before it is run',
  )
  rmSync(folder, { recursive: true })
  t.match(await resolveKernel(tree, { onProgress }), expected, 'a source tree is built')
  t.ok(
    progress.some(line => line.startsWith('building 6.1.192 from')),
    'and it says so',
  )
})

t.test('a build that failed is resumed, by its tree and by its folder', async t => {
  const { folder } = await build()
  for (const spec of [tree, folder]) {
    makeFakeTree(tree, { error: 'fork.c:1: error: expected a spoon' })
    await t.rejects(resolveKernel(tree), { name: 'InputError', message: /does not build/ })
    await t.rejects(resolveKernel(spec), { name: 'InputError', message: /does not build/ })
    makeFakeTree(tree)
    progress = []
    t.match(await resolveKernel(spec, { onProgress }), { spec, version: '6.1.192' })
    t.equal(progress[0], `going on with the build of 6.1.192 from ${tree}`)
  }
})

t.test('how many objects a whole build has is kept for the next of this version', async t => {
  const totals: (number | null)[] = []
  const told = (path: string) =>
    buildKernel(path, {
      onProgress: progress => {
        if (progress.kind === 'build') totals.push(progress.total)
      },
    })
  const whole = { objects: 3 }
  makeFakeTree(tree, whole)
  t.match(await told(tree), { objects: 3 })
  t.equal(totals.at(-1), null, 'not known the first time')
  const other = makeFakeTree(join(dirname(tree), 'other'), whole)
  t.match(await told(other), { objects: 3 })
  t.equal(totals.at(-1), 3)
  makeFakeTree(other)
  writeFileSync(join(other, 'kernel/fork.c'), 'int spoon;\n')
  t.match(await told(other), { objects: 3 }, 'a part of it says nothing of the whole')
  t.equal(totals.at(-1), null)
})

t.test('without PVH it is the bzImage', async t => {
  makeFakeTree(tree, { knows: ['KVM_GUEST'] })
  const { folder, bzImage } = await build()
  t.match(await resolveKernel(folder), { path: bzImage, format: 'bzImage', bzImage: null })
  t.ok(progress.includes('6.1.192 has no PVH entry: it is booted as a bzImage'))
})
