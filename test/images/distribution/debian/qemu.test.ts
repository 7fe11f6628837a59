import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fetchDebianQemu } from '../../../../images/distribution/debian/qemu.js'
import { EnvironmentError, InputError } from '../../../../runner/errors.js'
import { linkedFile } from '../../elf-file.js'
import { type FakePackage, makeArchive, setMachineSources } from './fake-archive.js'

const loader = 'usr/lib64/ld-linux-x86-64.so.2'

/** QEMU as Debian packages it, with a library, firmware and what else lies beside that. */
const qemuOf = (version: string): FakePackage[] => [
  {
    name: 'qemu-system-x86',
    version,
    depends: 'libc6 (>= 2.38), qemu-system-data, seabios, ipxe-qemu',
    files: {
      'usr/bin/qemu-system-x86_64': linkedFile(['libc.so.6'], '/lib64/ld-linux-x86-64.so.2'),
      'usr/bin/qemu-system-i386': version,
    },
  },
  {
    name: 'libc6',
    version: '2.41-12',
    files: {
      'usr/lib/x86_64-linux-gnu/libc.so.6': linkedFile(['ld-linux-x86-64.so.2']),
      [loader]: linkedFile([]),
    },
  },
  {
    name: 'qemu-system-common',
    version,
    files: {
      'usr/lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so': 'emulation',
      'usr/lib/x86_64-linux-gnu/qemu/accel-tcg-i386.so': 'of another program',
      'usr/lib/x86_64-linux-gnu/qemu/block-curl.so': 'of no guest',
    },
  },
  { name: 'seabios', version: '1', files: { 'usr/share/seabios/bios-256k.bin': 'bios' } },
  {
    name: 'qemu-system-data',
    version: '1',
    files: {
      'usr/share/qemu/kvmvapic.bin': 'vapic',
      'usr/share/qemu/linuxboot_dma.bin': 'boot',
      'usr/share/qemu/skiboot.lid': 'of POWER',
    },
  },
  {
    name: 'ipxe-qemu',
    version: '1',
    files: { 'usr/lib/ipxe/qemu/efi-e1000.rom': 'rom' },
  },
]

const first = '1:10.0.13+ds-0+deb13u1'
const second = '1:10.0.14+ds-1'
const folder = t.testdir()
const cache = join(folder, 'cache')
process.env.XDG_CACHE_HOME = cache
const archive = makeArchive(folder, {
  trixie: qemuOf(first),
  bare: [{ name: 'hello', version: '1' }],
})
setMachineSources(folder, { 'a.list': `deb [trusted=yes] ${archive} trixie main\n` })

async function fetched(spec = 'debian:trixie') {
  const notes: string[] = []
  const qemu = await fetchDebianQemu(spec, {
    onProgress: progress => {
      if (progress.kind === 'note') notes.push(progress.text)
    },
  })
  return { ...qemu, notes }
}

/** Has what was asked of the mirror count as asked long ago. */
function ageAnswers() {
  const answers = join(cache, 'guise', 'memo', 'qemu-packages')
  for (const name of readdirSync(answers)) {
    const file = join(answers, name)
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/"at": "[^"]*"/, '"at": "2020-01-01T00:00:00.000Z"'),
    )
  }
}

t.test('the QEMU of a suite is fetched and laid out, and then found again', async t => {
  const { command, program, version, notes } = await fetched()
  t.equal(version, '10.0.13')
  t.same(notes, [
    "asking the mirror for the QEMU in Debian's trixie",
    `fetching QEMU ${first} of Debian's trixie, once`,
  ])
  const laidOut = join(cache, 'guise', 'qemu', 'trixie-1_10.0.13+ds-0+deb13u1')
  t.equal(program, join(laidOut, 'usr/bin/qemu-system-x86_64'))
  t.same(command, [
    join(laidOut, 'lib64/ld-linux-x86-64.so.2'),
    '--library-path',
    join(laidOut, 'usr/lib'),
    program,
    ...['-L', join(laidOut, 'usr/share/qemu'), '-L', join(laidOut, 'usr/share/seabios')],
  ])
  const files = readdirSync(laidOut, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(laidOut.length + 1))
  t.same(files.sort(), [
    'lib/x86_64-linux-gnu/qemu/accel-tcg-x86_64.so',
    'lib64/ld-linux-x86-64.so.2',
    'usr/bin/qemu-system-x86_64',
    'usr/lib/ipxe/qemu/efi-e1000.rom',
    'usr/lib/libc.so.6',
    'usr/share/qemu/kvmvapic.bin',
    'usr/share/qemu/linuxboot_dma.bin',
    'usr/share/seabios/bios-256k.bin',
  ])

  const again = await fetched()
  t.strictSame(again.notes, [], 'nothing is asked or fetched')
  t.same(again.command, command)

  rmSync(program)
  const mended = await fetched()
  t.same(mended.notes, [`fetching QEMU ${first} of Debian's trixie, once`], 'where a file is gone')
  t.ok(readFileSync(program))
})

t.test('a spec that is no suite, and a suite without QEMU', async t => {
  for (const spec of ['debian:6.1.176', 'debian:', 'debian:Trixie', 'debian:trixie/amd64']) {
    await t.rejects(
      fetched(spec),
      new InputError(`QEMU ${spec}: expected debian:SUITE, such as debian:trixie`),
    )
  }
  for (const spec of ['debian:bare', 'debian:nowhere']) {
    await t.rejects(
      fetched(spec),
      new InputError(`QEMU ${spec}: Debian has no such suite, or no QEMU in it`),
    )
  }
})

t.test('a version that the suite has since yesterday is fetched anew', async t => {
  makeArchive(folder, { trixie: qemuOf(second) })
  t.equal((await fetched()).version, '10.0.13', 'the suite is asked once a day')
  ageAnswers()
  const { version, program, notes } = await fetched()
  t.equal(version, '10.0.14')
  t.match(program, /\/trixie-1_10\.0\.14\+ds-1\//)
  t.ok(notes.includes(`fetching QEMU ${second} of Debian's trixie, once`))
})

t.test('where the mirror is away the older answer serves', async t => {
  ageAnswers()
  // A mirror whose files are not what its Release says can't be read.
  const release = join(folder, 'debian/dists/trixie/Release')
  writeFileSync(release, readFileSync(release, 'utf8').replaceAll(/[0-9a-f]{64}/g, '0'.repeat(64)))
  const { version, notes } = await fetched()
  t.equal(version, '10.0.14')
  t.match(notes.at(-1), /Going on with what was known on 2020-01-01/)
  rmSync(join(cache, 'guise', 'memo'), { recursive: true })
  await t.rejects(fetched(), EnvironmentError, 'and where there is none it is told')
})
