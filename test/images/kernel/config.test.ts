import { join } from 'node:path'
import t from 'tap'
import { configBeside, installedConfig, parseKernelConfig } from '../../../images/kernel/config.js'

t.test('values as Kconfig writes them', t => {
  const config = parseKernelConfig(
    [
      '# Linux/x86 6.1.192 Kernel Configuration',
      'CONFIG_KVM_GUEST=y',
      'CONFIG_XEN_BLKDEV_FRONTEND=m',
      '# CONFIG_ACRN_GUEST is not set',
      'CONFIG_HZ=250',
      'CONFIG_PHYSICAL_START=0x1000000',
      'CONFIG_LOCALVERSION=""',
      'CONFIG_CMDLINE="a=\\"b c\\" d\\\\e"',
      ' CONFIG_INDENTED=y',
      'CONFIG_TWICE="first"',
      'CONFIG_TWICE="last"',
      'CONFIG_LAST=n',
    ].join('\n'),
  )
  const expected = {
    KVM_GUEST: 'y',
    XEN_BLKDEV_FRONTEND: 'm',
    HZ: '250',
    PHYSICAL_START: '0x1000000',
    LOCALVERSION: '',
    CMDLINE: 'a="b c" d\\e',
    ACRN_GUEST: undefined,
    INDENTED: undefined,
    GUEST: undefined,
    KVM: undefined,
    TWICE: 'last',
    LAST: 'n',
  }
  t.strictSame(
    Object.fromEntries(Object.keys(expected).map(name => [name, config.get(name)])),
    expected,
  )
  t.end()
})

t.test('where the configuration of an image lies', async t => {
  const folder = t.testdir({
    boot: { 'config-1.2.3': 'CONFIG_FOUND="boot"', 'config-9': 'CONFIG_FOUND="another kernel"' },
    modules: { '1.2.3': { config: 'CONFIG_FOUND="modules"' } },
    tree: { '.config': 'CONFIG_FOUND="tree"', arch: { x86: { boot: {} } } },
    elsewhere: { '.config': 'CONFIG_FOUND="some other"', config: 'CONFIG_FOUND="some other"' },
  })
  const found = async (image: string) =>
    (await configBeside(join(folder, image), '1.2.3'))?.get('FOUND')
  t.equal(await found('boot/vmlinuz-1.2.3'), 'boot')
  t.equal(await found('modules/1.2.3/vmlinuz'), 'modules')
  t.equal(await found('tree/arch/x86/boot/bzImage'), 'tree')
  t.equal(await found('tree/vmlinux'), 'tree')
  t.equal(await found('elsewhere/bzImage'), undefined)
})

t.test('no kernel of an invented release is installed', async t => {
  t.equal(await installedConfig('0.0.0-invented'), null)
})
