import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { linkProgram } from '../../../images/qemu/library-walk.js'
import type { PackageSource } from '../../../images/qemu/package-source.js'
import { EnvironmentError } from '../../../runner/errors.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import { linkedFile } from '../elf-file.js'

interface FakePackage {
  readonly depends?: readonly string[]
  readonly files: Readonly<Record<string, Buffer>>
}

/** A suite of these packages, which remembers what was fetched. */
function suiteOf(folder: string, packages: Readonly<Record<string, FakePackage>>) {
  const fetched = new Set<string>()
  const source: PackageSource = {
    describe: names =>
      Promise.resolve(
        names.flatMap(name => {
          const found = packages[name]
          return found ? [{ name, version: '1', source: name, depends: found.depends ?? [] }] : []
        }),
      ),
    async files(name) {
      fetched.add(name)
      await mkdir(join(folder, name), { recursive: true })
      const files = Object.entries(packages[name]?.files ?? {})
      const path = (file: string) => join(folder, name, file)
      await Promise.all(files.map(([file, content]) => writeFile(path(file), content)))
      return files.map(([file]) => path(file))
    },
  }
  return { source, fetched }
}

const packages = {
  qemu: {
    depends: ['docs', 'libz', 'virtual', 'libpng16', 'libc'],
    files: {
      qemu: linkedFile(['libz.so.1', 'libpng16.so.16', 'libown.so'], '/lib64/ld.so.2'),
      'libown.so': linkedFile([]),
    },
  },
  docs: { files: { README: Buffer.from('') } },
  libz: { depends: ['libc'], files: { 'libz.so.1': linkedFile(['libc.so.6']) } },
  libpng16: {
    depends: ['libz', 'libc'],
    files: { 'libpng16.so.16': linkedFile(['libz.so.1', 'libc.so.6']) },
  },
  libc: {
    depends: ['libgcc'],
    files: { 'libc.so.6': linkedFile(['ld.so.2']), 'ld.so.2': linkedFile([]) },
  },
  libgcc: { files: {} },
}

await t.test(
  'libraries are found through the packages, and no other package is fetched',
  async t => {
    await using folder = await temporaryFolder('library-walk')
    const { source, fetched } = suiteOf(folder.path, packages)
    const [program = ''] = await source.files('qemu')
    const { interpreter, libraries } = await linkProgram(source, program, 'qemu')
    t.equal(interpreter, '/lib64/ld.so.2')
    t.same(
      Object.fromEntries(
        [...libraries].map(([name, path]) => [name, path.slice(folder.path.length)]),
      ),
      {
        'libz.so.1': '/libz/libz.so.1',
        'libpng16.so.16': '/libpng16/libpng16.so.16',
        'libown.so': '/qemu/libown.so',
        'libc.so.6': '/libc/libc.so.6',
        'ld.so.2': '/libc/ld.so.2',
      },
    )
    t.same([...fetched].sort(), ['libc', 'libpng16', 'libz', 'qemu'])
  },
)

await t.test('a library that no package has is named, with who needs it', async t => {
  await using folder = await temporaryFolder('library-walk')
  const { source } = suiteOf(folder.path, { ...packages, libz: { files: {} } })
  const [program = ''] = await source.files('qemu')
  await t.rejects(
    linkProgram(source, program, 'qemu'),
    new EnvironmentError(
      "libz.so.1, which Debian's qemu needs, is neither in it nor in a package that it depends on: libz, libpng16, libc, docs, virtual",
    ),
  )
})
