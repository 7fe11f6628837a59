import { join } from 'node:path'
import t from 'tap'
import { howToBuild, isCheckout, scriptDoes } from '../../runner/installation.js'
import { counted } from '../../runner/terminal/counted.js'

t.test("guise's scripts are named in a checkout alone", t => {
  const root = t.testdir({
    clone: { '.git': {}, 'package.json': '{}' },
    copy: { 'tsconfig.json': '{}', 'package.json': '{}' },
    // As npm lays it down: `files` of package.json, scripts among them.
    package: { 'package.json': '{}', dist: {}, runner: {}, scripts: {} },
  })
  for (const name of ['clone', 'copy']) {
    const checkout = join(root, name)
    t.ok(isCheckout(checkout))
    t.match(howToBuild(checkout), /scripts\/quickstart/)
    t.equal(scriptDoes(' (scripts/x)', checkout), ' (scripts/x)')
  }
  const installed = join(root, 'package')
  t.notOk(isCheckout(installed))
  t.match(howToBuild(installed), /^install the package guise again/)
  t.equal(scriptDoes(' (scripts/x)', installed), '')
  t.end()
})

t.test('one is no plural', t => {
  t.equal(counted(0, 'kernel'), '0 kernels')
  t.equal(counted(1, 'kernel'), '1 kernel')
  t.equal(counted(2, 'violation'), '2 violations')
  t.end()
})
