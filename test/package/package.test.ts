import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import * as layout from '../../runner/console/protocol/layout.js'
import { packageRoot } from '../../runner/paths.js'
import { everyRecord } from '../console/protocol/encode-report.js'
import { fakeParameter, fakeQemu, report } from '../fixtures/fake-guest.js'
import { bzImage } from '../images/kernel/synthetic.js'

// Of a project that has guise installed; the compiler refuses an `expect-error` behind which there is none.
const userFile = `
import {
  catalogueFiles, EnvironmentError, type GuiseRecord, InputError, InterruptedError, loadScenarios, run, type RunOptions,
} from 'guise'

const [, , file = '', kernel = '', qemu = ''] = process.argv
const options: RunOptions = { scenarios: loadScenarios([file]), kernels: [kernel], accelerator: 'tcg', qemu }
const records: GuiseRecord[] = await run(options)
// @ts-expect-error: a number
const bad: RunOptions = { scenarios: [], jobs: 'four' }
// @ts-expect-error: no field of a record
const nothing: unknown = records[0]?.nonsense
const thrown = async (more: Partial<RunOptions>): Promise<string> => {
  try {
    await run({ ...options, ...more })
    return 'none'
  } catch (error) {
    if (error instanceof InterruptedError) return 'InterruptedError'
    if (error instanceof InputError) return 'InputError'
    return error instanceof EnvironmentError ? 'EnvironmentError' : String(error)
  }
}
console.log(JSON.stringify({
  verdicts: records.map(({ scenario, verdict }) => \`\${scenario} \${verdict}\`),
  catalogue: catalogueFiles().length > 10,
  aborted: await thrown({ signal: AbortSignal.abort() }),
  badJobs: await thrown({ jobs: 0 }),
  noQemu: await thrown({ qemu: '/nonexistent' }),
}))
void [bad, nothing]
`
const compilerOptions = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  types: ['node'],
}
const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc')

t.test('a project that has guise installed runs a guest, with types', async t => {
  const folder = t.testdir({
    cache: {},
    state: {},
    bzImage: bzImage(),
    user: {
      node_modules: {},
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify({ compilerOptions }),
      'index.ts': userFile,
    },
  })
  const user = join(folder, 'user')
  const env = {
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_STATE_HOME: join(folder, 'state'),
    NODE_OPTIONS: undefined,
  }
  const node = (...args: string[]) => execa(process.execPath, args, { env, reject: false })
  // As it was built last.
  symlinkSync(packageRoot, join(user, 'node_modules', 'guise'))
  symlinkSync(join(packageRoot, 'node_modules', '@types'), join(user, 'node_modules', '@types'))
  t.match(await node(tsc, '-p', user), { exitCode: 0, stdout: '' })

  const settled = { type: layout.recordNote, payload: 'clocksource-settled=yes' }
  const steps = [
    { print: '[    0.000000] Linux version 6.1.0\r\n' },
    report([...everyRecord, settled]),
    { print: `${layout.completeMarker}\r\n` },
  ]
  const file = join(folder, 'one.yaml')
  writeFileSync(
    file,
    `name: one
summary: a script for the fake QEMU
source: test/fixtures/fake-guest.ts
kernel: { cmdline: [${fakeParameter(steps)}] }
expect: [{ outcome: reported }]
`,
  )
  const program = [join(user, 'index.js'), file, join(folder, 'bzImage'), fakeQemu]
  const { exitCode, stdout, stderr } = await node(...program)
  t.equal(stderr, '')
  t.equal(exitCode, 0)
  t.same(JSON.parse(stdout), {
    verdicts: ['one pass'],
    catalogue: true,
    aborted: 'InterruptedError',
    badJobs: 'InputError',
    noQemu: 'EnvironmentError',
  })
})

t.test('the package is built before it is packed, and holds what its exports name', t => {
  const { scripts, exports, bin, files } = JSON.parse(
    readFileSync(join(packageRoot, 'package.json'), 'utf8'),
  ) as {
    scripts: Record<string, string>
    exports: { '.': Record<string, string> }
    bin: Record<string, string>
    files: string[]
  }
  t.equal(scripts.prepack, 'npm run build && npm run docs && node scripts/bundle-node-pty.js')
  t.ok(files.includes('dist'))
  for (const path of [...Object.values(exports['.']), ...Object.values(bin)]) {
    t.match(path, /^(?:\.\/)?dist\//)
  }
  t.end()
})
