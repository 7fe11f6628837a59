import t from 'tap'
import type { Scenario } from '../../runner/scenario/scenario.js'
import type { Kernel } from '../../images/kernel/kernel.js'
import { runManifestSchema } from '../../runner/record/run-manifest.js'
import { makeManifest } from '../../runner/run/manifest.js'
import { withDefaults } from '../../runner/run/options.js'
import { guiseVersion } from '../../runner/version.js'
import { parseScenario } from '../fixtures/scenario.js'

const kernel = (sha256: string, release: string): Kernel => ({
  spec: `/${sha256}`,
  path: `/${sha256}/bzImage`,
  format: 'bzImage',
  bzImage: null,
  release,
  version: '6.1.9',
  banner: release,
  sha256,
  config: null,
  flagBits: null,
  modules: { from: 'machine' },
})
const started = new Date('2026-11-25T22:08:06.123Z')

t.test('kernels of one release have folders of their own', t => {
  const kernels = [
    kernel('0123456789', '6.1.9'),
    kernel('abcdef0123', '6.1.9'),
    kernel('456789abcd', '6.1.9-x'),
  ]
  t.same(
    makeManifest(withDefaults({ scenarios: [] }), kernels, started).kernels.map(
      ({ folder }) => folder,
    ),
    ['6.1.9-01234567', '6.1.9-abcdef01', '6.1.9-x'],
  )
  t.end()
})

t.test('a manifest says what was asked for', t => {
  const plain = makeManifest(withDefaults({ scenarios: [], jobs: 2 }), [], started)
  t.same(plain, {
    schema: 'guise-run-1',
    run: `2026-11-25T22:08:06.123Z-${process.pid}`,
    started: '2026-11-25T22:08:06.123Z',
    ended: null,
    notRun: 0,
    guise: guiseVersion(),
    command: [],
    cwd: process.cwd(),
    kernels: [],
    scenarios: [],
    options: {
      accelerator: 'auto',
      qemu: null,
      jobs: 2,
      channel: null,
      clock: null,
      fullConsole: false,
      allowHostFiles: false,
      totalMs: null,
    },
  })
  const asked = {
    accelerator: 'tcg',
    qemu: '/q',
    jobs: 3,
    channel: 'serial',
    clock: 'real',
    fullConsole: true,
    allowHostFiles: true,
    totalMs: 5000,
  } as const
  const scenario = parseScenario('')
  const manifest = makeManifest(
    withDefaults({ ...asked, scenarios: [scenario], command: ['guise', 'run'] }),
    [kernel('0123456789', '6.1.9')],
    started,
  )
  t.same(manifest.options, asked)
  t.same(manifest.command, ['guise', 'run'])
  t.match(manifest.scenarios, [{ name: 'test', file: 'test.yaml', digest: /^[0-9a-f]{64}$/ }])
  const digestOf = (changes: Partial<Scenario>) =>
    makeManifest(withDefaults({ ...asked, scenarios: [{ ...scenario, ...changes }] }), [], started)
      .scenarios[0]?.digest
  t.equal(digestOf({ file: 'elsewhere.yaml' }), digestOf({}), 'where it lies is no part of it')
  t.not(digestOf({ drive: ['vmware-svga'] }), digestOf({}))
  t.same(manifest.kernels, [
    {
      spec: '/0123456789',
      release: '6.1.9',
      version: '6.1.9',
      sha256: '0123456789',
      folder: '6.1.9',
    },
  ])
  t.same(runManifestSchema.parse(manifest), manifest)
  t.end()
})
