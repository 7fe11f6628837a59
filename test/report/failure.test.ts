import { join } from 'node:path'
import t from 'tap'
import { scenariosFolder } from '../../runner/paths.js'
import { failureRows } from '../../runner/report/failure.js'
import { calledAs, isDefaultQemu } from '../../runner/report/guise-command.js'
import type { GuiseRecord } from '../../runner/record/schema.js'
import { textReporter } from '../../runner/report/text.js'
import { exampleRecord } from '../fixtures/record.js'

process.env.GUISE_COMMAND = './scripts/guise'

const file = join(scenariosFolder, 'hyperv.yaml')
const place = { file, line: 12 }
const hyperv = exampleRecord({
  scenario: 'hyperv',
  file,
  verdict: 'fail',
  why: ['expected hypervisor Microsoft Hyper-V, got none'],
  identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
  composition: { owners: [], mixed: false, violations: [] },
  interfaces: [],
  timing: { firstByte: 300, marker: 2000, total: 2800 },
  unmet: [
    { field: 'hypervisor', want: 'Microsoft Hyper-V', got: 'none', ...place },
    { field: 'adopts', want: 'identity.hyperv', got: 'no sign of it', ...place },
    { field: 'adopts', want: 'banner.hyperv', got: 'no sign of it', ...place },
  ],
  kernelSaid: ['x86/hyperv: VP_INDEX MSR not available.'],
})
const details = {
  consoleTail: ['reboot: Restarting system'],
  baseline: '6.1.192: Microsoft Hyper-V, clocksource hpet',
}
const rows = (changes: Partial<GuiseRecord>) =>
  failureRows(exampleRecord({ ...hyperv, ...changes }), details).map(
    ({ label, text }) => `${label}| ${typeof text === 'string' ? text : text.join(' ')}`,
  )

t.test('the reason first, then what the kernel said, then the way on', t => {
  const reporter = textReporter({ colour: false, width: 80, nameWidth: 8 })
  t.equal(
    reporter.record(hyperv, details),
    [
      'FAIL  hyperv    none detected; clocksource tsc; …                      2.8 s tcg',
      '  hyperv.yaml:12  hypervisor  want Microsoft Hyper-V   got none',
      '                  adopts      identity.hyperv, banner.hyperv: no sign of them',
      '  kernel said     x86/hyperv: VP_INDEX MSR not available.',
      '  baseline        6.1.192: Microsoft Hyper-V, clocksource hpet',
      '  more            ./scripts/guise explain --last hyperv ·',
      '                  ./scripts/guise console hyperv',
      '',
    ].join('\n'),
  )
  t.end()
})

t.test('each with the line of its own, and what was not to be', t => {
  const found = rows({
    file: '/mine/a.yaml',
    unmet: [
      {
        field: 'rejects',
        want: 'clock.kvm',
        got: 'current clocksource kvm-clock',
        file: '/mine/a.yaml',
        line: 7,
      },
      { field: 'log.has', want: '/x/', got: 'none', file: '/mine/a.yaml', line: 9 },
    ],
    why: [
      'expected clock.kvm not to be adopted, got: current clocksource kvm-clock',
      'expected a log line with /x/, got none',
      'module x: no such file',
    ],
  })
  t.same(found.slice(0, 3), [
    '/mine/a.yaml:7| rejects  want no clock.kvm   got current clocksource kvm-clock',
    '/mine/a.yaml:9| log.has  want /x/   got none',
    'why| module x: no such file',
  ])
  t.end()
})

t.test('what was not to be is told so, and only that', t => {
  for (const [field, negative] of [
    ['rejects', true],
    ['log.lacks', true],
    ['clocksource.excludes', true],
    ['clocksource.includes', false],
    ['clocksource.current', false],
    ['log.has', false],
    ['adopts', false],
    ['hypervisor', false],
  ] as const) {
    const [row] = rows({ unmet: [{ field, want: 'clock.tsc', got: 'tsc', ...place }] })
    const want = `want ${negative ? 'no ' : ''}clock.tsc   got tsc`
    t.equal(row, `hyperv.yaml:12| ${field}  ${want}`)
  }
  t.end()
})

t.test(
  'a kernel’s death is told by its kind where its own words follow, any other end as it is',
  t => {
    const said = (changes: Partial<GuiseRecord>) => {
      const got = `${changes.outcome ?? ''}: because`
      return rows({ unmet: [{ field: 'outcome', want: 'reported', got, ...place }], ...changes })[0]
    }
    const row = (got: string) => `hyperv.yaml:12| outcome  want reported   got ${got}`
    for (const outcome of ['early-exception', 'oops', 'panic'] as const) {
      t.equal(said({ outcome, diedIn: 'die_here' }), row(`${outcome} in die_here`))
      t.equal(
        said({ outcome, kernelSaid: [] }),
        row(`${outcome}: because`),
        'where no words follow',
      )
    }
    for (const outcome of ['reset', 'hang', 'timeout', 'refused', 'firmware-hang'] as const) {
      t.equal(said({ outcome }), row(`${outcome}: because`))
    }
    const hangs = { field: 'adopts', want: 'clock.tsc', got: 'panic: because', ...place }
    t.equal(
      rows({ outcome: 'panic', unmet: [hangs] })[0],
      'hyperv.yaml:12| adopts  want clock.tsc   got panic: because',
      'an item that is none of its outcome is told as it is',
    )
    t.end()
  },
)

t.test('a death, once, with the likely cause where nothing stands behind the leaves', t => {
  const death: Partial<GuiseRecord> = {
    outcome: 'early-exception',
    diedIn: 'pvclock_tsc_khz',
    unmet: [
      {
        field: 'outcome',
        want: 'reported',
        got: 'early-exception: detected KVM, then: PANIC',
        ...place,
      },
    ],
    why: ['expected outcome reported, got early-exception: detected KVM, then: PANIC'],
    kernelSaid: ['PANIC: early exception 0x00', 'RIP: 0010:pvclock_tsc_khz+0xf/0x30'],
    interfaces: [
      { id: 'clock.kvm', class: 'independent', owner: 'kvm', offered: 'x', adopted: null },
    ],
  }
  const found = rows(death)
  t.equal(
    found[0],
    'hyperv.yaml:12| outcome  want reported   got early-exception in pvclock_tsc_khz',
  )
  t.match(found.join('\n'), /^fidelity\| no MSR .* `needs: \{ fidelity: kvm \}`/m)
  t.notMatch(rows({ ...death, fidelity: 'kvm', accel: 'nested' }).join('\n'), 'fidelity|')
  t.notMatch(rows({ ...death, interfaces: [] }).join('\n'), 'fidelity|')
  t.end()
})

t.test('the trouble of the machine: what happened, and what to do', t => {
  const trouble = (changes: Partial<GuiseRecord>) =>
    rows({ verdict: 'error', unmet: [], kernelSaid: [], why: ['it broke'], ...changes }).join('\n')
  const qemu = trouble({ outcome: 'qemu-failed' })
  t.match(qemu, /^why\| it broke\nconsole\| reboot: Restarting system$/m)
  t.match(qemu, /^to do\| \.\/scripts\/guise doctor · \.\/scripts\/guise run hyperv .* --dry-run$/m)
  t.notMatch(trouble({ outcome: 'qemu-failed', accel: 'nested' }), '--dry-run')
  const own = { ...hyperv.fingerprint, qemu: '/opt/my qemu' }
  t.match(trouble({ outcome: 'qemu-failed', fingerprint: own }), " --qemu '/opt/my qemu' --dry-run")
  const usual = { ...own, qemu: '/usr/bin/qemu-system-x86_64' }
  t.notMatch(trouble({ outcome: 'qemu-failed', fingerprint: usual }), '--qemu')
  t.match(trouble({ outcome: 'kvm-error', accel: 'kvm' }), / --accel nested$/m)
  t.match(trouble({ outcome: 'hang' }), / --timeout 240$/m)
  t.end()
})

t.test('a longer timeout is advised than the one that was not enough', t => {
  for (const outcome of ['timeout', 'hang', 'firmware-hang'] as const) {
    // Silent after 44 of 900 s, silent all the time, over at once, and of a run before records had the deadlines.
    for (const [total, deadline, advised] of [
      [44_000, 900_000, 1800],
      [900_000, 900_000, 2700],
      [0, 1000, 2],
      [2800, null, 9],
      [0, null, 1],
    ] as const) {
      const found = rows({
        verdict: 'error',
        unmet: [],
        outcome,
        timing: { firstByte: null, marker: null, total },
        deadlines: deadline === null ? null : { silence: deadline / 4, total: deadline },
      })
      t.match(found.join('\n'), new RegExp(` --timeout ${advised}$`, 'm'))
    }
  }
  t.end()
})

t.test('the name by which guise was called', t => {
  const path = '/usr/bin:/opt/guise/bin'
  const command = (name?: string, script = '/x/main.cjs') =>
    calledAs({ command: name, script, path })
  t.equal(command('./scripts/guise'), './scripts/guise')
  t.equal(command('/opt/guise/bin/guise'), 'guise', 'found in PATH')
  t.equal(command(undefined, '/usr/bin/guise'), 'guise')
  t.end()
})

t.test('a command names the QEMU that was named', t => {
  t.equal(isDefaultQemu('/usr/bin/qemu-system-x86_64', '/bin:/usr/bin'), true)
  t.equal(isDefaultQemu('/opt/bin/qemu-system-x86_64', '/bin:/usr/bin'), false)
  t.equal(isDefaultQemu('/usr/bin/wrapper', '/bin:/usr/bin'), false)
  t.end()
})
