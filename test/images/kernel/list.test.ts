import { join } from 'node:path'
import t from 'tap'
import { buildKernel } from '../../../images/kernel/build/build-kernel.js'
import { fetchKernelSource } from '../../../images/distribution/debian/kernel-source.js'
import { listAllKernels } from '../../../images/kernel/list.js'
import { resolveKernel } from '../../../images/kernel/resolve.js'
import { fakeBuildTools, makeFakeTree } from './build/fake-tree.js'
import { kernelFiles, makeArchive, setMachineSources } from '../distribution/debian/fake-archive.js'

fakeBuildTools(t.testdir())

let folder: string
t.beforeEach(t => {
  folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  const image = (release: string, version: string) => ({
    name: `linux-image-${release}`,
    version,
    source: 'linux-signed-amd64',
    files: kernelFiles(release, version),
  })
  const archive = makeArchive(folder, {
    bookworm: [
      image('6.1.0-49-cloud-amd64', '6.1.170-1'),
      image('6.1.0-50-cloud-amd64', '6.1.176-1'),
      image('6.1.0-50-amd64', '6.1.176-1'),
    ],
    sid: [],
  })
  setMachineSources(folder, {
    'debian.list': `deb [trusted=yes] ${archive} bookworm main\n`,
  })
})

t.test('what the suites have, what is in the cache, and what guise has built', async t => {
  await resolveKernel('debian:6.1.176')
  const { folder: build } = await buildKernel(makeFakeTree(join(folder, 'linux')))
  const { suites, kernels, builds } = await listAllKernels(false, {})
  t.match(Object.fromEntries(suites.map(({ suite, available }) => [suite, available])), {
    bookworm: true,
    trixie: false,
    sid: true,
  })
  t.strictSame(
    kernels.map(({ spec, release, cached }) => [spec, release, cached]),
    [
      ['debian:6.1.176', '6.1.0-50-cloud-amd64', true],
      ['debian:6.1.176/amd64', '6.1.0-50-amd64', false],
    ],
    'the newest of each series and flavour',
  )
  t.same(
    builds.map(({ spec, tree, version }) => ({ spec, tree, version })),
    [{ spec: build, tree: join(folder, 'linux'), version: '6.1.192' }],
  )
  const all = await listAllKernels(true, {})
  t.equal(all.kernels.length, 3)
})

t.test('a point release that the mirror has no longer: what it has instead', async t => {
  await t.rejects(resolveKernel('debian:6.1.90'), {
    name: 'InputError',
    message: /no cloud-amd64 kernel 6\.1\.90, or no longer.* Of 6\.1 it has 6\.1\.170, 6\.1\.176$/,
  })
})

t.test('a source that no suite has', async t => {
  await t.rejects(fetchKernelSource('debian:6.1'), {
    name: 'InputError',
    message: /^kernel source debian:6\.1: none of the suites .* has it; they have none$/,
  })
  await t.rejects(fetchKernelSource('debian:6.1/amd64'), { message: /a source has no flavour$/ })
})
