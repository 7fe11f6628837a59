import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfiguration } from '../../../../images/kernel/build/configuration.js'
import { InputError } from '../../../../runner/errors.js'

const folder = t.testdir()

/** A file with a text; its path. */
function file(name: string, text: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

t.test('a whole configuration, and fragments in their order', async t => {
  const config = file(
    'config',
    '#\n# Linux/x86 6.1.192\n#\nCONFIG_64BIT=y\n# CONFIG_SMP is not set\n',
  )
  const fragments = [
    file('one', 'CONFIG_LOCALVERSION="-a b"\r\nCONFIG_HZ=250\r\n'),
    file('two', '\n  # a word\nCONFIG_HZ=1000'),
  ]
  const { base, fragment } = await readConfiguration({ config, fragments })
  t.match(base, /^CONFIG_64BIT=y$/m)
  t.match(fragment, /CONFIG_HZ=250\r\n\n\n.*\nCONFIG_HZ=1000$/)
  const small = await readConfiguration({ fragments })
  t.equal(small.base, null)
  t.match(small.fragment, /^CONFIG_KVM_GUEST=y$[^]*CONFIG_HZ=1000$/m, 'guise’s own comes first')
})

t.test('what is no configuration is refused by its line', async t => {
  for (const [text, got] of [
    ['CONFIG_SMP=y\nroot:x:0:0\n', /:2: expected CONFIG_NAME=VALUE or a comment, got .root:x:0:0/],
    ['SMP=y\n', /:1: .*got .SMP=y/],
    ['CONFIG_SMP y\n', /:1: /],
    [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), /:1: .*got .*ELF/],
    ['\u001b[2J\n', /:1: [ -~]*$/],
  ] as const) {
    const path = file('bad', text)
    for (const options of [{ config: path }, { fragments: [path] }]) {
      const error = await readConfiguration(options).catch((thrown: unknown) => thrown)
      t.type(error, InputError)
      t.match((error as Error).message, got)
    }
  }
  const nowhere = readConfiguration({ config: join(folder, 'nowhere') })
  await t.rejects(nowhere, { name: 'InputError', message: /nowhere: .*no such file/ })
})
