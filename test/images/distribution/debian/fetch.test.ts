import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { asLines } from '../../../../runner/report/setup-progress.js'
import { cacheFolder } from '../../../../runner/cache/files.js'
import { fetchDebianKernel, fetchPackage } from '../../../../images/distribution/debian/fetch.js'
import {
  kernelFiles,
  kernelImage,
  makeArchive,
  setMachineSources,
  type FakePackage,
} from './fake-archive.js'

// A Debian archive in a folder, read by the machine's own apt.
let folder: string
let progress: string[]
t.beforeEach(t => {
  folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
  progress = []
})

const onProgress = asLines(message => progress.push(message))

const fetchKernel = (spec: string) => fetchDebianKernel(spec, { onProgress })

/** The version that the configuration of a fetched kernel states. */
const fetched = async (spec: string) => {
  const { config } = await fetchKernel(spec)
  return /HOSTNAME="(.*)"/.exec(readFileSync(config ?? '', 'utf8'))?.[1]
}

const kernel = (release: string, version: string, source = 'linux-signed-amd64'): FakePackage => ({
  name: `linux-image-${release}`,
  version,
  source,
  files: kernelFiles(release, version),
})

const splitKernel = (release: string, version: string): FakePackage[] => [
  {
    name: `linux-image-${release}`,
    version,
    source: 'linux-signed-amd64',
    depends: `dracut | initramfs-tools, linux-base-${release} (= ${version}), linux-binary-${release} (= ${version})`,
  },
  {
    name: `linux-binary-${release}`,
    version,
    files: { [`usr/lib/modules/${release}/vmlinuz`]: kernelImage(release, version) },
  },
  {
    name: `linux-base-${release}`,
    version,
    files: { [`usr/lib/modules/${release}/config`]: `CONFIG_DEFAULT_HOSTNAME="${version}"\n` },
  },
]

const usualArchive = () => {
  const archive = makeArchive(folder, {
    bullseye: [kernel('5.10.0-32-cloud-amd64', '5.10.223-1')],
    bookworm: [
      kernel('6.1.0-49-cloud-amd64', '6.1.176-1'),
      kernel('6.1.0-49-amd64', '6.1.176-1'),
      { name: 'linux-base', version: '4.9' },
    ],
    'trixie-backports': [
      kernel('6.18.15+deb13-cloud-amd64', '6.18.15-1~bpo13+1'),
      ...splitKernel('7.3.4+deb13-cloud-amd64', '7.3.4-1~bpo13+1'),
    ],
    sid: [],
  })
  const security = makeArchive(
    folder,
    {
      'bullseye-security': [
        kernel('5.10.0-46-cloud-amd64', '5.10.262-1'),
        kernel('6.1.0-0.deb11.50-cloud-amd64', '6.1.190-1~deb11u1', 'linux-signed-6.1-amd64'),
      ],
      'bookworm-security': [kernel('6.1.0-56-cloud-amd64', '6.1.192-1')],
    },
    'debian-security',
  )
  setMachineSources(folder, {
    'a.list': `deb [trusted=yes] ${archive} bookworm main\n`,
    'b.sources': `Types: deb\nURIs: ${security}\nSuites: bookworm-security\nComponents: main\nTrusted: yes\n`,
    'c.sources.disabled': 'Types: deb\nURIs: file:/nowhere/debian\nSuites: sid\nComponents: main\n',
  })
}

t.test('a suite means its newest own kernel, security updates included', async t => {
  usualArchive()
  t.equal(await fetched('debian:bookworm'), '6.1.192-1')
  t.equal(await fetched('debian:bullseye'), '5.10.262-1')
  t.equal(await fetched('debian:bookworm/amd64'), '6.1.176-1')
  t.equal(await fetched('debian:bullseye-security'), '5.10.262-1')
  t.equal(await fetched('debian:trixie-backports'), '7.3.4-1~bpo13+1')
  t.notOk(progress.some(message => message.includes('Going on')))
})

t.test('a version is looked for in all suites, and matches whole components', async t => {
  usualArchive()
  t.equal(await fetched('debian:6.1'), '6.1.192-1')
  t.equal(await fetched('debian:6.1.190'), '6.1.190-1~deb11u1')
  t.equal(await fetched('debian:6'), '6.18.15-1~bpo13+1')
  t.equal(await fetched('debian:7.3'), '7.3.4-1~bpo13+1')
  await t.rejects(fetchKernel('debian:6.19'), {
    name: 'InputError',
    message:
      /debian:6.19: none of the mirror's suites has a cloud-amd64 kernel 6.19; it has 5.10, 6.1, 6.18, 7.3$/,
  })
  await t.rejects(fetchKernel('debian:7/rt-amd64'), { message: /it has none$/ })
})

t.test('the second time, apt is not called at all', async t => {
  usualArchive()
  const first = await fetchKernel('debian:6.1')
  progress = []
  rmSync(join(folder, 'debian'), { recursive: true })
  rmSync(join(folder, 'debian-security'), { recursive: true })
  const path = process.env.PATH
  t.teardown(() => {
    process.env.PATH = path
  })
  process.env.PATH = '/nonexistent'
  t.same(await fetchKernel('debian:6.1'), first)
  t.same(await fetchKernel('debian:bookworm'), first)
  t.strictSame(progress, [])
})

t.test('what is not there is named', async t => {
  usualArchive()
  await t.rejects(fetchKernel('debian:trixie'), {
    name: 'InputError',
    message:
      /the mirror in this machine's apt sources has no suite trixie; suites to try: bullseye, /,
  })
  await t.rejects(fetchKernel('debian:sid'), {
    name: 'InputError',
    message: /Debian's sid has no kernel of flavour cloud-amd64/,
  })
})

t.test('a suite that comes to the mirror is found', async t => {
  usualArchive()
  await t.rejects(fetchKernel('debian:forky'), { message: /has no suite forky/ })
  makeArchive(folder, { forky: [kernel('7.2.12+deb14-cloud-amd64', '7.2.12-1')] })
  t.equal(await fetched('debian:forky'), '7.2.12-1')
})

/** Makes every remembered answer three days old. */
const age = () => {
  const memos = join(cacheFolder(), 'memo/suite-kernels')
  for (const name of readdirSync(memos)) {
    const text = readFileSync(join(memos, name), 'utf8')
    const past = new Date(Date.now() - 3 * 24 * 3600 * 1000).toISOString()
    writeFileSync(join(memos, name), text.replace(/"at": "[^"]*"/, `"at": "${past}"`))
  }
}

t.test('after a day the mirror is asked again', async t => {
  usualArchive()
  t.equal(await fetched('debian:bookworm'), '6.1.192-1')
  makeArchive(
    folder,
    { 'bookworm-security': [kernel('6.1.0-57-cloud-amd64', '6.1.193-1')] },
    'debian-security',
  )
  t.equal(await fetched('debian:bookworm'), '6.1.192-1')
  age()
  t.equal(await fetched('debian:bookworm'), '6.1.193-1')
})

t.test('an older answer serves while the mirror cannot be asked', async t => {
  usualArchive()
  await fetched('debian:bookworm')
  age()
  progress = []
  // A list that does not fit its Release file is what a broken mirror gives.
  for (const archive of ['debian/dists/bookworm', 'debian-security/dists/bookworm-security']) {
    writeFileSync(join(folder, archive, 'main/binary-amd64/Packages'), 'damaged')
    renameSync(join(folder, archive, 'Release'), join(folder, archive, 'Release.old'))
    const release = readFileSync(join(folder, archive, 'Release.old'), 'utf8')
    writeFileSync(
      join(folder, archive, 'Release'),
      release.replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)),
    )
  }
  t.equal(await fetched('debian:bookworm'), '6.1.192-1')
  t.equal(
    progress.filter(message => message.startsWith('asking')).length,
    1,
    'asked for one suite, not for the next',
  )
  t.match(
    progress.at(-1),
    /apt cannot read Debian's suite bookworm: .*\. Going on with what was known on \d{4}-/,
  )
  rmSync(join(cacheFolder(), 'memo'), { recursive: true })
  await t.rejects(fetchKernel('debian:bookworm'), {
    name: 'EnvironmentError',
    message: /^apt cannot read/,
  })
  progress = []
  t.equal(await fetched('debian:6.1'), '6.1.190-1~deb11u1')
  t.match(progress.join('\n'), /suite bookworm: .*\. Going on with what is known of other suites/)
  await t.rejects(fetchKernel('debian:7.3'), {
    name: 'EnvironmentError',
    message: /^apt cannot read/,
  })
})

t.test('a kernel that the mirror has replaced meanwhile is chosen anew', async t => {
  usualArchive()
  await fetched('debian:bookworm/amd64')
  rmSync(join(folder, 'debian-security'), { recursive: true })
  makeArchive(
    folder,
    { 'bookworm-security': [kernel('6.1.0-57-cloud-amd64', '6.1.193-1')] },
    'debian-security',
  )
  t.equal(await fetched('debian:bookworm'), '6.1.193-1')
  t.ok(
    progress.some(message =>
      message.startsWith('apt cannot download linux-image-6.1.0-56-cloud-amd64 6.1.192-1: '),
    ),
  )
})

t.test('a cleaned cache is filled again', async t => {
  usualArchive()
  await fetched('debian:bookworm')
  for (const kind of ['apt', 'packages', 'kernels', 'configs']) {
    rmSync(join(cacheFolder(), kind), { recursive: true })
  }
  t.equal(await fetched('debian:bookworm'), '6.1.192-1')
})

t.test('two at once do not disturb each other', async t => {
  usualArchive()
  const [first, ...others] = await Promise.all(
    ['6.1', 'bookworm', '6.1', 'bookworm'].map(name => fetchKernel(`debian:${name}`)),
  )
  for (const other of others) t.same(other, first)
  t.equal(progress.filter(message => message.startsWith('downloading')).length, 1)
})

t.test('one package, as it came', async t => {
  usualArchive()
  await fetched('debian:trixie-backports')
  const name = 'linux-base-7.3.4+deb13-cloud-amd64'
  const deb = await fetchPackage('trixie-backports', name, '7.3.4-1~bpo13+1')
  t.equal(deb.path, join(cacheFolder(), 'packages', `${deb.sha256}.deb`))
  t.equal(statSync(deb.path).size, deb.bytes)
  await t.rejects(fetchPackage('trixie-backports', 'no-such-package', '1'), {
    name: 'EnvironmentError',
    message: /^apt cannot download no-such-package 1: Unable to locate package no-such-package/,
  })
})

t.test('a machine whose apt knows no Debian archive', async t => {
  setMachineSources(folder, { 'vendor.list': 'deb https://vendor.example/apt stable main\n' })
  await t.rejects(fetchKernel('debian:bookworm'), {
    name: 'EnvironmentError',
    message: /this machine's apt sources name no Debian archive/,
  })
})

t.test('an archive without security suites', async t => {
  const archive = makeArchive(folder, { bookworm: [kernel('6.1.0-49-cloud-amd64', '6.1.176-1')] })
  setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} bookworm main\n` })
  t.equal(await fetched('debian:bookworm'), '6.1.176-1')
})

t.test('an archive that nobody signed is not trusted', async t => {
  const archive = makeArchive(folder, { bookworm: [kernel('6.1.0-49-cloud-amd64', '6.1.176-1')] })
  setMachineSources(folder, { 'a.list': `deb ${archive} bookworm main\n` })
  await t.rejects(fetchKernel('debian:bookworm'), {
    name: 'EnvironmentError',
    message: /not signed/,
  })
})
