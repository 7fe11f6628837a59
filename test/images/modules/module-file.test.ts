import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execaSync } from 'execa'
import t from 'tap'
import { isModuleFile, moduleName, readModule } from '../../../images/modules/module-file.js'

t.test('a module has one name, however its file or its user spells it', t => {
  for (const path of ['kvm-amd', 'kvm_amd', '/a.b/kvm-amd.ko', 'kvm-amd.ko.xz', 'kvm_amd.ko.zst']) {
    t.equal(moduleName(path), 'kvm_amd', path)
  }
  t.ok(isModuleFile('/lib/modules/6.1/kernel/a.ko.gz'))
  t.notOk(isModuleFile('/lib/modules/6.1/modules.order'))
  t.notOk(isModuleFile('a.kopf'))
  t.end()
})

await t.test('a module is read uncompressed', async t => {
  const folder = t.testdir({ 'a.ko': 'a module' })
  t.equal(String(await readModule(join(folder, 'a.ko'))), 'a module')
  for (const [suffix, command] of [
    ['.xz', 'xz'],
    ['.gz', 'gzip'],
  ] as const) {
    const path = join(folder, `a.ko${suffix}`)
    const { stdout } = execaSync(command, ['-c'], { input: 'a module', encoding: 'buffer' })
    writeFileSync(path, stdout)
    t.equal(String(await readModule(path)), 'a module', suffix)
    writeFileSync(path, readFileSync(path).subarray(0, -4))
    await t.rejects(readModule(path), { name: 'EnvironmentError', message: /cannot be read/ })
  }
  await t.rejects(readModule(join(folder, 'b.ko')), {
    name: 'EnvironmentError',
    message: /b\.ko cannot be read: ENOENT/,
  })
})
