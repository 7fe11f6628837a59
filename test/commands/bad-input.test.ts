import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../../runner/paths.js'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { bzImage } from '../images/kernel/synthetic.js'
import { Sandbox } from '../fixtures/sandbox.js'

/** A refusal: its status, what stderr says and in how many lines; stdout stays empty. */
interface Refusal {
  readonly status: number
  readonly says: RegExp
  readonly lines?: number
}

const sandbox = await Sandbox.create(t)
t.jobs = 2

function refused(
  name: string,
  args: readonly string[],
  { status, says, lines = 1 }: Refusal,
): void {
  t.test(name, { buffered: true }, async t => {
    const result = await sandbox.guise(...args)
    t.equal(result.status, status)
    t.match(result.stderr, says)
    t.notMatch(result.stderr, /^ +at /m, 'no stack trace')
    t.equal(result.stderr.trimEnd().split('\n').length, lines, result.stderr)
    t.equal(result.stdout, '')
  })
}

refused('an unknown scenario, with the nearest names', ['run', 'vmwar', 'hyperx'], {
  status: 2,
  says: /unknown scenario `vmwar`: did you mean .*vmware.*\n.*unknown scenario `hyperx`: did you mean hyperv/,
  lines: 2,
})
refused('an unknown group', ['list', '@xenn'], {
  status: 2,
  says: /unknown group `@xenn`: did you mean @xen/,
})
refused('a record to explain that is none', ['explain', sandbox.write('no.json', '{}')], {
  status: 2,
  says: /no\.json: expected a record as `guise run` writes it, got: /,
})
refused('a missing scenario file', ['show', './none.yaml'], {
  status: 2,
  says: /\.\/none\.yaml: expected a scenario file, got: ENOENT/,
})
refused(
  'a bad scenario file: every problem at once',
  [
    'run',
    sandbox.write(
      'bad.yaml',
      'name: Bad\nsummary: s\ncpuid:\n  - { leaf: 1, eax: whatever }\nexpect: []\n',
    ),
  ],
  {
    status: 2,
    says: /bad\.yaml:1:7: name: .*got `?Bad[^]*bad\.yaml:4:\d+: cpuid\[0\]\.eax: .*got `?whatever/,
    lines: 4,
  },
)
refused('an unknown option', ['run', '--kernels', 'x'], {
  status: 2,
  says: /unknown option '--kernels'/,
  lines: 3,
})
refused('an unknown command', ['ruin'], {
  status: 2,
  says: /^error: unknown command 'ruin'/,
  lines: 3,
})
for (const jobs of ['0', '-1', 'two', '1.5']) {
  refused(`--jobs ${jobs}`, ['run', `--jobs=${jobs}`], {
    status: 2,
    says: new RegExp(`expected a whole number from 1, got \`${jobs}\``),
    lines: 2,
  })
}
refused('--format xml', ['run', '--format', 'xml'], {
  status: 2,
  says: /argument 'xml' is invalid\. Allowed choices are text, tap,/,
  lines: 2,
})
refused('an unknown schema', ['schema', 'result'], {
  status: 2,
  says: /expected scenario or record, got `result`/,
})

const image = bzImage()
const kernels: [name: string, path: string, says: RegExp][] = [
  ['missing', sandbox.at('none'), /none: no such file; expected a bzImage/],
  ['a folder', sandbox.at('tmp'), /tmp is a folder, but no kernel build tree/],
  ['empty', sandbox.write('empty', ''), /empty is an empty file/],
  ['a text', sandbox.write('text', 'a text\n'), /text is a text file/],
  [
    'truncated',
    sandbox.write('cut', image.subarray(0, image.length - 64)),
    /cut is a truncated bzImage: its header states \d+ bytes, the file has \d+/,
  ],
  [
    'no x86 image',
    sandbox.write('other', Buffer.from('\0\x01\x02\x03'.repeat(200))),
    /other is no x86-64 kernel/,
  ],
  ['a misspelt suite', 'debian:', /kernel debian:: expected debian:SUITE/],
]
for (const [name, path, says] of kernels) {
  refused(`a kernel that is ${name}`, ['run', 'tcg', '--qemu', fakeQemu, '--kernel', path], {
    status: 2,
    says,
  })
}

refused('a QEMU that is not there', ['run', 'tcg', '--qemu', '/no/qemu'], {
  status: 3,
  says: /--qemu \/no\/qemu: expected an executable QEMU binary/,
})
refused('a QEMU that is not executable', ['run', 'tcg', '--qemu', '/etc/passwd'], {
  status: 3,
  says: /--qemu \/etc\/passwd: expected an executable QEMU binary/,
})
refused('a QEMU that is none', ['run', 'tcg', '--qemu', '/bin/true'], {
  status: 3,
  says: /\/bin\/true --version: expected a QEMU version/,
})
for (const folder of ['/proc/x', '/dev/null/x', '/proc/1/x/y']) {
  refused(`an output folder ${folder}`, ['run', 'tcg', '--qemu', fakeQemu, '--output', folder], {
    status: 3,
    says: new RegExp(`^guise: ${folder}: expected to write results there, got: E`),
  })
}

t.test('no QEMU in PATH', async t => {
  const result = await sandbox.exec(sandbox.command('run', 'tcg', '--accel', 'tcg'), {
    env: { PATH: '/nowhere' },
  })
  t.equal(result.status, 3)
  t.match(
    result.stderr,
    /^guise: there is no qemu-system-x86_64 in PATH: taking debian:trixie’s\nguise: no qemu-system-x86_64 in PATH: install .*, or give --qemu PATH; debian:trixie’s can’t be had: .*\n$/,
  )
})

t.test('no room for temporary folders', async t => {
  const scenarios = sandbox.writeScenarios({ one: { steps: [] } })
  const result = await sandbox.exec(
    sandbox.command(...sandbox.fakeRun(scenarios, '--output', sandbox.at('no-room'))),
    {
      env: { TMPDIR: '/proc' },
    },
  )
  t.equal(result.status, 3)
  t.match(
    result.stderr,
    /guise: \/proc: expected to make a temporary folder there, got: .*; TMPDIR/,
  )
  t.notMatch(result.stderr, /^ +at /m)
})

t.test('a temporary folder whose path is too long for a socket', async t => {
  const scenarios = sandbox.writeScenarios({ one: { steps: [] } })
  const TMPDIR = sandbox.at('x'.repeat(120))
  mkdirSync(TMPDIR)
  const result = await sandbox.exec(
    sandbox.command(
      ...sandbox.fakeRun(scenarios, '--channel', 'serial', '--output', sandbox.at('too-long')),
    ),
    { env: { TMPDIR } },
  )
  t.equal(result.status, 3)
  t.match(result.stderr, /expected to make the guest's report channel there, got: .*; TMPDIR/)
})

t.test('a checkout whose C is not built names quickstart', async t => {
  const root = sandbox.at('half built')
  mkdirSync(root)
  // By its tsconfig.json it is known for a checkout.
  for (const file of ['package.json', 'tsconfig.json']) {
    cpSync(join(packageRoot, file), join(root, file))
  }
  const half = await Sandbox.create(t, root)
  const bring = (file: string) => {
    cpSync(join(packageRoot, file), join(root, file))
  }
  const noStart = await half.guise(...half.fakeRun('tcg'))
  t.equal(noStart.status, 3)
  t.match(noStart.stderr, /guise: .*native\/confine: expected .*run scripts\/quickstart/)

  bring('dist/native/confine')
  const noInit = await half.guise(...half.fakeRun('tcg'))
  t.equal(noInit.status, 3)
  t.match(noInit.stderr, /guise: the guest's init cannot be read at .*run scripts\/quickstart/)

  bring('dist/guest/init')
  const noObject = await half.guise(...half.fakeRun('kvm-no-features'))
  t.equal(noObject.status, 3)
  t.match(noObject.stderr, /guise: .*override\.so: .*run scripts\/quickstart/)

  bring('dist/native/override.so')
  const space = await half.guise(...half.fakeRun('kvm-no-features'))
  t.equal(space.status, 3)
  t.match(space.stderr, /half built.*: the loader takes no path with a space or a colon/)
})
