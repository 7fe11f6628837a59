import t from 'tap'
import { type GuestFacts, noFacts } from '../../runner/hypervisors/facts.js'
import { judge } from '../../runner/judge/judge.js'
import type { Observation } from '../../runner/observe/observe.js'
import type { Outcome } from '../../runner/scenario/outcome.js'
import { parseScenario } from '../fixtures/scenario.js'

const seen: Observation = {
  applied: true,
  mismatches: [],
  missing: [],
  kernelTsc: null,
  notShown: [],
  broken: [],
  cpus: [],
  dmi: new Map(),
  interrupts: [],
  facts: {
    ...noFacts,
    identity: { hypervisor: 'KVM', paravirt: 'KVM', sysfsType: null },
    clocksource: { current: 'tsc', available: ['tsc', 'hpet'], settled: true },
  },
  problems: [],
  interfaces: [
    {
      id: 'clock.hpet',
      class: 'independent',
      owner: 'platform',
      offered: { text: 'yes' },
      adopted: { text: 'available' },
    },
    {
      id: 'clock.kvm',
      class: 'independent',
      owner: 'kvm',
      offered: { text: 'yes' },
      adopted: null,
    },
  ],
  composition: { owners: ['kvm'], mixed: false, violations: [] },
  log: ['kvm-guest: PV spinlocks disabled', 'Hypervisor detected: KVM'],
}

function verdict(
  expect: string,
  outcome: Outcome = 'reported',
  changes: Partial<Observation & GuestFacts> = {},
  diedIn: string | null = null,
) {
  const [expectation] = parseScenario(`expect: [${expect}]`).expect
  return judge(
    expectation,
    { outcome, reason: 'because', diedIn, stuckIn: null, lostReport: false },
    { ...seen, ...changes, facts: { ...seen.facts, ...changes } },
  )
}

t.test('what is expected and seen passes', t => {
  for (const good of [
    '{ hypervisor: KVM, paravirt: KVM }',
    '{ clocksource: { current: tsc, includes: [hpet], excludes: [kvm-clock] } }',
    '{ adopts: [clock.hpet], rejects: [clock.kvm, clock.xen] }',
    '{ log: { has: [Hypervisor detected, "/PV spin.*abled/"], lacks: [Xen] } }',
  ]) {
    t.same(verdict(good), { verdict: 'pass', why: [] }, good)
  }
  t.end()
})

t.test('what differs fails, each with what was expected and got', t => {
  for (const [bad, why] of [
    ['{ hypervisor: none }', 'expected hypervisor none, got KVM'],
    ['{ paravirt: bare hardware }', 'expected paravirt banner bare hardware, got KVM'],
    ['{ clocksource: { current: hpet } }', 'expected current clocksource hpet, got tsc'],
    [
      '{ clocksource: { includes: [xen] } }',
      'expected clocksource xen to be available, got tsc hpet',
    ],
    [
      '{ clocksource: { excludes: [tsc] } }',
      'expected clocksource tsc not to be available, got tsc hpet',
    ],
    ['{ offers: [clock.xen] }', 'expected clock.xen to be offered, got no sign of it'],
    ['{ sysfs-type: xen }', 'expected /sys/hypervisor/type xen, got none'],
    ['{ adopts: [clock.kvm] }', 'expected clock.kvm to be adopted, got no sign of it'],
    ['{ rejects: [clock.hpet] }', 'expected clock.hpet not to be adopted, got: available'],
    ['{ log: { has: [Xen] } }', 'expected a log line with Xen, got none'],
    ['{ log: { lacks: [KVM] } }', 'expected no log line with KVM, got: Hypervisor detected: KVM'],
  ] as const) {
    t.match(verdict(bad), { verdict: 'fail', why: [why] }, bad)
  }
  t.end()
})

t.test('what the guest could not do is told where a driver is missing, and only there', t => {
  const problems = { problems: ['The guest reports: vmwgfx.ko: Invalid argument.'] }
  t.match(verdict('{ drivers: [{ device: "15ad:0405", driver: vmwgfx }] }', 'reported', problems), {
    verdict: 'fail',
    why: [
      'expected driver vmwgfx for 15ad:0405, got no such device',
      'The guest reports: vmwgfx.ko: Invalid argument.',
    ],
  })
  t.notMatch(verdict('{ hypervisor: none }', 'reported', problems).why, [/vmwgfx/])
  t.end()
})

t.test('a device that QEMU lacks is a skip, unless QEMU was to fail', t => {
  const reason = "QEMU ended with status 1: -device nope: 'nope' is not a valid device model name"
  const judged = (expect: string) => {
    const [expectation] = parseScenario(`expect: [${expect}]`).expect
    return judge(
      expectation,
      { outcome: 'qemu-failed', diedIn: null, stuckIn: null, reason, lostReport: false },
      { ...seen, applied: null },
    )
  }
  t.same(judged('{}'), { verdict: 'skip', why: ['this QEMU has no device nope'] })
  t.match(judged('{ outcome: qemu-failed }'), { verdict: 'pass' })
  t.end()
})

t.test('an override that does not hold is an error before anything else is judged', t => {
  const mismatch = {
    cpu: 0,
    leaf: '0x40000000',
    register: 'eax' as const,
    asked: '0x1',
    got: '0x2',
  }
  const { verdict: result, why } = verdict('{ hypervisor: none }', 'reported', {
    applied: false,
    mismatches: [mismatch],
  })
  t.equal(result, 'error')
  t.matchOnly(why, [/did not see the CPUID/, /0x40000000 eax: asked 0x1, got 0x2/])
  t.end()
})

t.test(
  'deaths: expected ones pass, others are failures, or errors where they tell of the machine',
  t => {
    t.match(verdict('{ outcome: early-exception }', 'early-exception'), {
      verdict: 'pass',
      why: ['as expected, detected KVM, then: because'],
    })
    for (const outcome of [
      'refused',
      'panic',
      'oops',
      'early-exception',
      'hang',
      'reset',
      'timeout',
    ] as const) {
      t.equal(verdict('{ hypervisor: KVM }', outcome).verdict, 'fail', outcome)
    }
    for (const outcome of ['qemu-failed', 'kvm-error', 'firmware-hang'] as const) {
      t.equal(verdict('{ hypervisor: KVM }', outcome).verdict, 'error', outcome)
      t.equal(verdict(`{ outcome: ${outcome} }`, outcome).verdict, 'pass', `${outcome} expected`)
    }
    t.equal(verdict('{ outcome: panic }').verdict, 'fail', 'one that lives on')
    t.end()
  },
)

t.test('the function that a kernel is to die in', t => {
  const expected = '{ outcome: oops, died-in: die_here }'
  t.equal(verdict(expected, 'oops', {}, 'die_here').verdict, 'pass')
  t.match(verdict(expected, 'oops', {}, 'there'), {
    verdict: 'fail',
    why: ['expected the kernel to die in die_here, got there: because'],
  })
  t.equal(verdict(expected, 'oops').verdict, 'fail', 'a death that shows no registers')
  t.end()
})

t.test('the function that a guest is to stay in', t => {
  const [expectation] = parseScenario('expect: [{ outcome: hang, stuck-in: counts }]').expect
  const staying = (stuckIn: string | null) => {
    const ending = { outcome: 'hang', reason: 'because', diedIn: null, stuckIn, lostReport: false }
    return judge(expectation, ending as Parameters<typeof judge>[1], seen)
  }
  t.equal(staying('counts').verdict, 'pass')
  t.same(staying('waits').why, ['expected the kernel to stay in counts, got waits: because'])
  t.same(staying(null).why, ['expected the kernel to stay in counts, got no function: because'])
  t.end()
})

t.test('no line is no "none" where the log may be cut short', t => {
  const cut = { applied: null, identity: { hypervisor: null, paravirt: null, sysfsType: null } }
  t.match(verdict('{ outcome: hang, hypervisor: none }', 'hang', cut), {
    why: ['expected hypervisor none, got nothing yet'],
  })
  const banner = {
    applied: null,
    identity: { hypervisor: null, paravirt: 'bare hardware', sysfsType: null },
  }
  t.equal(verdict('{ outcome: hang, hypervisor: none }', 'hang', banner).verdict, 'pass')
  t.end()
})

t.test('clock sources that have not settled differ from any that are expected', t => {
  const unsettled = { clocksource: { ...seen.facts.clocksource, settled: false } }
  t.match(verdict('{ clocksource: { current: tsc } }', 'reported', unsettled), {
    verdict: 'fail',
    why: ['expected a choice of a clocksource, got none in the time that the guest waited for it'],
  })
  t.equal(verdict('{ hypervisor: KVM }', 'reported', unsettled).verdict, 'pass')
  t.end()
})

t.test(
  'a guest that ended otherwise is judged by its identity, too, as far as its log reaches',
  t => {
    t.match(verdict('{ hypervisor: none, clocksource: { current: hpet } }', 'panic'), {
      verdict: 'fail',
      why: [
        'expected outcome reported, got panic: detected KVM, then: because',
        'expected hypervisor none, got KVM',
      ],
      unmet: [{ field: 'outcome' }, { field: 'hypervisor' }],
    })
    const sysfs = '{ hypervisor: KVM, sysfs-type: xen }'
    t.same(
      verdict(sysfs, 'panic').unmet?.map(({ field }) => field),
      ['outcome'],
      'what only a guest that comes up can read is not missed',
    )
    const cut = { identity: { hypervisor: null, paravirt: null, sysfsType: null }, applied: null }
    t.same(verdict('{ hypervisor: KVM }', 'hang', cut).why, [
      'expected outcome reported, got hang: because',
    ])
    t.end()
  },
)

t.test('a report that did not come out says nothing of the kernel', t => {
  for (const expect of ['{}', '{ outcome: reset }']) {
    const [expectation] = parseScenario(`expect: [${expect}]`).expect
    const reason = 'the guest came up and could not report: no report channel: I/O error'
    const ending = {
      outcome: 'reset' as const,
      reason,
      diedIn: null,
      stuckIn: null,
      lostReport: true,
    }
    t.match(judge(expectation, ending, { ...seen, applied: null }), {
      verdict: 'error',
      why: [reason],
    })
  }
  t.end()
})

t.test('no expectation for the circumstances is a skip', t => {
  t.equal(
    judge(
      undefined,
      { outcome: 'reported', reason: '', diedIn: null, stuckIn: null, lostReport: false },
      seen,
    ).verdict,
    'skip',
  )
  t.end()
})

t.test(
  'a guest that dies is no failure of its kernel if it was shown what cannot be executed',
  t => {
    const judged = (expect: string, outcome: Outcome, lacking = ['invpcid', 'pcid']) => {
      const [expectation] = parseScenario(`expect: [${expect}]`).expect
      const ending = { outcome, reason: 'because', diedIn: 'f', stuckIn: null, lostReport: false }
      return judge(expectation, ending, seen, lacking)
    }
    const lacks = 'the accelerator lacks INVPCID, PCID, which the CPUID offers'
    for (const outcome of ['early-exception', 'oops', 'panic', 'hang', 'reset'] as const) {
      const { verdict, why } = judged('{ outcome: reported }', outcome)
      t.equal(verdict, 'error', outcome)
      t.equal(why[0], lacks)
      t.equal(why.length, 2, 'how it ended follows')
    }
    t.equal(judged('{ outcome: reported }', 'oops', []).verdict, 'fail')
    t.equal(judged('{ outcome: early-exception, died-in: f }', 'early-exception').verdict, 'pass')
    t.equal(judged('{ outcome: early-exception, died-in: g }', 'early-exception').verdict, 'error')
    t.equal(judged('{ hypervisor: Xen }', 'reported').verdict, 'fail', 'it came up')
    t.equal(judged('{ outcome: panic }', 'reported').verdict, 'fail', 'and did not die')
    const seenThrough = '{ flags: { lacks: [pcid, invpcid] } }'
    t.equal(judged(seenThrough, 'oops').verdict, 'fail', 'what it was not to believe is no excuse')
    const [why] = judged('{ flags: { lacks: [pcid] } }', 'oops').why
    t.equal(why, 'the accelerator lacks INVPCID, which the CPUID offers', 'what it was to, is')
    t.end()
  },
)
