import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { cacheFolder } from '../../../runner/cache/files.js'
import { configInside, inspectImage } from '../../../images/kernel/image.js'
import { bzImage, debianBanner, elf, ikconfig } from './synthetic.js'

const banner = 'Linux version 6.6.30 (dev@box) (gcc 12) #3 SMP'
const vmlinuxData = Buffer.concat([Buffer.from(`${banner}\n\0`), ikconfig('CONFIG_PVH=y\n')])

let folder: string
t.beforeEach(t => {
  folder = t.testdir()
  process.env.XDG_CACHE_HOME = join(folder, 'cache')
})

const write = (content: string | Uint8Array, name = 'image') => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

t.test('a bzImage', async t => {
  const path = write(bzImage())
  t.strictSame(await inspectImage(path, 'image'), {
    format: 'bzImage',
    release: '6.1.0-56-cloud-amd64',
    version: '6.1.192',
    banner: debianBanner,
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
  })
})

t.test('a vmlinux', async t => {
  const path = write(elf({ data: vmlinuxData }))
  t.match(await inspectImage(path, 'image'), {
    format: 'vmlinux',
    release: '6.6.30',
    version: '6.6.30',
    banner,
  })
})

t.test('a changed image is read anew, an unchanged one is not', async t => {
  const path = write(bzImage())
  const time = new Date(1_000_000)
  utimesSync(path, time, time)
  await inspectImage(path, 'image')
  rewriteMemo('image-facts', text => text.replaceAll('6.1.192', '6.1.999'))
  t.match(await inspectImage(path, 'image'), { version: '6.1.999' }, 'what is remembered')
  // Same size, same time, which any program may set.
  writeFileSync(path, bzImage({ banner: debianBanner.replace('192-1', '193-1') }))
  utimesSync(path, time, time)
  t.match(await inspectImage(path, 'image'), { version: '6.1.193' })
})

t.test('files that are no kernels', async t => {
  const whole = bzImage()
  const cases: [content: string | Uint8Array, message: RegExp][] = [
    ['', /kernel the image is an empty file/],
    ['just text\n', /is a text file/],
    [whole.subarray(0, -100), /is a truncated bzImage/],
    [elf().subarray(0, -100), /is a truncated ELF file/],
    [elf({ machine: 183 }), /is an ELF file for arm64/],
    [elf(), /is an ELF file for x86-64, but no Linux kernel/],
    [elf({ data: vmlinuxData, notes: Buffer.alloc(0) }), /without a PVH entry point.*CONFIG_PVH=y/],
    [bzImage({ banner: 'no version at all' }), /states no kernel's release, .*"no version at all"/],
    [Buffer.alloc(100_000), /no x86-64 kernel/],
  ]
  for (const [content, message] of cases) {
    await t.rejects(inspectImage(write(content), 'the image'), { name: 'InputError', message })
  }
})

t.test('the configuration inside', async t => {
  const kernel = elf({ data: vmlinuxData })
  t.equal(await configInside(write(kernel)), 'CONFIG_PVH=y\n')
  t.equal(await configInside(write(bzImage({ payload: gzipSync(kernel) }))), 'CONFIG_PVH=y\n')
  t.equal(await configInside(write(bzImage())), undefined)
  t.equal(await configInside(write(bzImage({ payload: Buffer.from('????') }))), undefined)
})

t.test('the configuration inside is not looked for twice', async t => {
  const path = write(elf({ data: vmlinuxData }))
  t.equal(await configInside(path), 'CONFIG_PVH=y\n')
  rewriteMemo('image-ikconfig', text => text.replace('CONFIG_PVH', 'CONFIG_REMEMBERED'))
  t.equal(await configInside(path), 'CONFIG_REMEMBERED=y\n')
})

/** Changes the one answer that is remembered, to tell it from a new one. */
function rewriteMemo(kind: string, change: (text: string) => string): void {
  const memo = join(cacheFolder(), 'memo', kind)
  for (const name of readdirSync(memo)) {
    const path = join(memo, name)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
  }
}

t.test('a release that leads out of a folder, in either format', async t => {
  const release = '6.1/../../../ESCAPED'
  for (const content of [
    bzImage({ banner: `${release} (dev@box) #1 SMP` }),
    elf({ data: Buffer.from(`Linux version ${release} (dev@box) #1\n\0`) }),
  ]) {
    await t.rejects(inspectImage(write(content), 'x'), {
      name: 'InputError',
      message: /^kernel x is a \w+ that states no kernel's release.*ESCAPED/,
    })
  }
})

t.test('images far larger than a kernel are refused without reading them', async t => {
  const path = write(elf({ data: vmlinuxData }))
  const headers = readFileSync(path)
  for (const [size, message] of [
    [3 * 2 ** 30, /^kernel x is an ELF file that loads 3221225472 bytes; .* at most 1073741824/],
    [6 * 2 ** 30, /^kernel x has \d+ bytes; expected at most 4294967296/],
  ] as const) {
    headers.writeBigUInt64LE(BigInt(size), 64 + 32)
    writeFileSync(path, headers)
    truncateSync(path, size + 2 ** 20)
    await t.rejects(inspectImage(path, 'x'), { name: 'InputError', message })
  }
})

t.test('what is no regular file is refused at once', async t => {
  const fifo = join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  for (const path of [fifo, '/dev/zero', folder])
    await t.rejects(inspectImage(path, 'x'), { message: 'kernel x is no regular file' })
})
