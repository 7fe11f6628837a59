import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseFragment, refusedOptions } from '../../../../images/kernel/build/fragment.js'
import { kernelFragment } from '../../../../runner/paths.js'

t.test('options that are set and that are not', t => {
  const text = '# a comment\nCONFIG_A=y\nCONFIG_B="x"\n# CONFIG_C is not set\n'
  t.strictSame(
    [...parseFragment(text)],
    [
      ['A', 'y'],
      ['B', '"x"'],
      ['C', 'n'],
    ],
  )
  t.end()
})

t.test('what a configuration has otherwise', t => {
  const fragment = parseFragment('CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\n# CONFIG_D is not set\n')
  t.strictSame(refusedOptions(fragment, 'CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\n'), [
    { name: 'B', asked: 'y', got: 'm' },
    { name: 'C', asked: 'y', got: 'n' },
  ])
  t.end()
})

t.test('the fragment that comes with guise has every guest that Linux knows', t => {
  const fragment = parseFragment(readFileSync(kernelFragment, 'utf8'))
  for (const name of ['KVM', 'XEN_PVHVM', 'ACRN', 'JAILHOUSE', 'BHYVE'])
    t.equal(fragment.get(`${name}_GUEST`), 'y', name)
  for (const name of ['HYPERV', 'PVH', 'PCI']) t.equal(fragment.get(name), 'y', name)
  t.end()
})
