import t from 'tap'
import { SymbolTable } from '../../images/kernel/symbol-table.js'
import { parseCpuState } from '../../runner/console/look/cpu-state.js'
import { InterruptLog } from '../../runner/console/look/interrupt-log.js'
import type { GuestSample } from '../../runner/console/look/sample-guest.js'
import type { Ending } from '../../runner/console/outcome.js'
import { endingAt } from '../../runner/observe/ending-at.js'
import { placeOfDeath } from '../../runner/observe/place-of-death.js'
import { logged, shownCpu, type ShownCpu } from '../console/look/states.js'

const names = [
  'start_kernel',
  'setup_arch',
  'topology.isra.0',
  'native_cpuid',
  'count_caches',
  'early_fixup_exception',
  'native_halt',
  'asm_exc_page_fault',
  '__x86_return_thunk',
  'srso_alias_safe_ret',
  '__x86_indirect_thunk_rax',
]
const addressOf = (name: string) => 0xffffffff81000000n + BigInt(0x1000 * names.indexOf(name))
const symbols = new SymbolTable([
  ...names.map(name => ({ address: addressOf(name), name })),
  { address: 0xffffffff81100000n, name: '_etext' },
])
/** An address inside a function, in hexadecimal. */
const inside = (name: string) => (addressOf(name) + 0x10n).toString(16)

function sample(cpu: ShownCpu, ...stack: string[]): GuestSample {
  const state = parseCpuState(shownCpu(cpu))
  if (state === null) throw new Error('no state')
  return {
    cpu: state,
    allHalted: cpu.halted === true,
    allDead: cpu.halted === true && cpu.flags === '00000086',
    stack: stack.map(name => addressOf(name) + 0x20n),
  }
}

function samplesOf(...samples: GuestSample[]) {
  return {
    samples,
    steps: [],
    instructions: new Map([[addressOf('topology.isra.0') + 0x10n, 'divl %esi']]),
  }
}

function interrupts(...texts: string[]) {
  const log = new InterruptLog()
  for (const text of texts) log.feed(text)
  return log.history()
}

const dead = (...stack: string[]) =>
  sample({ rip: inside('native_halt'), halted: true, flags: '00000086' }, ...stack)
const hang: Ending = {
  outcome: 'hang',
  reason: 'the kernel fell silent',
  diedIn: null,
  stuckIn: null,
  lostReport: false,
}

t.test('the exception that the early handler halts on killed the guest', t => {
  const look = {
    samples: samplesOf(
      dead('early_fixup_exception', 'topology.isra.0', 'setup_arch', 'start_kernel'),
    ),
    interrupts: interrupts(
      logged(0, '0e', inside('setup_arch')),
      logged(1, '00', inside('topology.isra.0')),
    ),
  }
  const place = placeOfDeath(look, symbols)
  t.match(place, {
    exception: { vector: 0, name: 'divide error (#DE)', tripleFault: false },
    function: 'topology',
    where: 'kernel',
    waits: 'dead',
    instruction: 'divl %esi',
  })
  t.same(place?.trace, ['topology', 'setup_arch', 'start_kernel'])
  if (place === null) throw new Error('no place')
  t.same(endingAt(hang, place, false), {
    ...hang,
    outcome: 'early-exception',
    reason: 'it died of a divide error (#DE) in topology, before it could print',
    diedIn: 'topology',
  })
  t.equal(
    endingAt({ ...hang, outcome: 'firmware-hang' }, place, false).outcome,
    'early-exception',
    'a kernel that has not printed is no firmware',
  )
  t.match(placeOfDeath(look, null), { function: null, where: 'kernel', exception: { vector: 0 } })
  t.end()
})

t.test(
  'a kernel that halts for ever without an early handler did not die of the last exception',
  t => {
    const place = placeOfDeath(
      {
        samples: samplesOf(dead('setup_arch')),
        interrupts: interrupts(logged(0, '0e', inside('setup_arch'))),
      },
      symbols,
    )
    t.match(place, { exception: null, function: 'native_halt', waits: 'dead' })
    t.equal(
      place && endingAt(hang, place, true).reason,
      'the kernel fell silent: it halted for ever in native_halt',
    )
    t.end()
  },
)

t.test('a triple fault is told by the exception that began it', t => {
  const rip = inside('setup_arch')
  const place = placeOfDeath(
    {
      samples: null,
      interrupts: interrupts(
        logged(0, '0d', rip),
        logged(1, '0e', inside('asm_exc_page_fault')),
        logged(2, '08', rip, 'e'),
        'Triple fault\n',
      ),
    },
    symbols,
  )
  t.match(place, { exception: { vector: 13, tripleFault: true }, function: 'setup_arch' })
  if (place === null) throw new Error('no place')
  const reset: Ending = { ...hang, outcome: 'reset', reason: 'the machine was reset' }
  t.match(endingAt(reset, place, false), { outcome: 'early-exception', diedIn: 'setup_arch' })
  t.match(endingAt(reset, place, true), {
    outcome: 'reset',
    diedIn: 'setup_arch',
    reason:
      'it died of a general protection fault (#GP) in setup_arch, which no handler took (a triple fault), without a word',
  })
  t.end()
})

t.test('a reset that was no exception’s has no place', t => {
  t.equal(
    placeOfDeath(
      { samples: null, interrupts: interrupts(logged(0, '0e', inside('setup_arch'))) },
      symbols,
    ),
    null,
  )
  t.end()
})

t.test('an exception again and again at one place is what the guest died of', t => {
  const place = placeOfDeath(
    {
      samples: samplesOf(sample({ rip: inside('asm_exc_page_fault') })),
      interrupts: interrupts(
        ...Array.from({ length: 40 }, (_, number) => logged(number, '0e', inside('setup_arch'))),
      ),
    },
    symbols,
  )
  t.match(place, { exception: { vector: 14, address: 0x10n }, function: 'setup_arch' })
  t.end()
})

t.test('a guest that loops stays in the function that all others return to', t => {
  const looks = [
    sample({ rip: inside('native_cpuid'), rsp: 'ffffffff82a03d20' }, 'count_caches', 'setup_arch'),
    sample({ rip: inside('count_caches'), rsp: 'ffffffff82a03d28' }, 'setup_arch'),
    sample({ rip: inside('native_cpuid'), rsp: 'ffffffff82a03d20' }, 'count_caches', 'setup_arch'),
  ]
  const place = placeOfDeath(
    {
      samples: samplesOf(...looks),
      // The page faults of long ago are not its death.
      interrupts: interrupts(logged(0, '0e', inside('start_kernel'))),
    },
    symbols,
  )
  t.match(place, { exception: null, function: 'count_caches', waits: null })
  t.same(place?.seen, [
    { function: 'native_cpuid', times: 2 },
    { function: 'count_caches', times: 1 },
  ])
  t.match(place && endingAt(hang, place, true), {
    outcome: 'hang',
    stuckIn: 'count_caches',
    diedIn: null,
    reason: 'the kernel fell silent: it stays in count_caches',
  })
  // An interrupt is served on a stack of its own, and found the CPU in no other place.
  const interrupted = sample(
    { rip: inside('native_halt'), rsp: 'fffffe0000003fd8' },
    'native_cpuid',
  )
  const beside = samplesOf(interrupted, ...looks)
  t.equal(placeOfDeath({ samples: beside, interrupts: null }, symbols)?.function, 'count_caches')
  t.end()
})

t.test('what loops is found by its steps where all looks met it in what it calls', t => {
  const callee = sample(
    { rip: inside('native_cpuid'), rsp: 'ffffffff82a03d20' },
    'count_caches',
    'setup_arch',
  )
  const step = (name: string, stack: bigint) => ({ instruction: addressOf(name) + 0x20n, stack })
  const look = {
    ...samplesOf(callee, callee),
    steps: [
      step('native_cpuid', 0xffffffff82a03d20n),
      step('count_caches', 0xffffffff82a03d28n),
      step('native_cpuid', 0xffffffff82a03d20n),
    ],
  }
  const place = placeOfDeath({ samples: look, interrupts: null }, symbols)
  t.equal(place?.function, 'count_caches')
  t.same(place?.trace, ['native_cpuid', 'count_caches', 'setup_arch'])
  const alone = { ...samplesOf(callee, callee), steps: [] }
  const caller = placeOfDeath({ samples: alone, interrupts: null }, symbols)
  t.equal(caller?.function, 'count_caches', 'CPUID alone is no loop')
  for (const name of ['__x86_return_thunk', 'srso_alias_safe_ret', '__x86_indirect_thunk_rax']) {
    const thunk = sample(
      { rip: inside(name), rsp: 'ffffffff82a03d28' },
      'count_caches',
      'setup_arch',
    )
    for (const samples of [[callee, thunk], [thunk], [thunk, callee]]) {
      const left = placeOfDeath({ samples: samplesOf(...samples), interrupts: null }, symbols)
      t.equal(left?.function, 'count_caches', `${name} alone is no loop`)
    }
    const stepped = { ...samplesOf(callee), steps: [step(name, 0xffffffff82a03d28n)] }
    const left = placeOfDeath({ samples: stepped, interrupts: null }, symbols)
    t.equal(left?.function, 'count_caches', `nor where a step met ${name}`)
  }
  const elsewhere = sample({ rip: inside('native_cpuid'), rsp: 'ffffffff82a03d20' }, 'setup_arch')
  const both = { ...samplesOf(callee, elsewhere), steps: [] }
  t.equal(placeOfDeath({ samples: both, interrupts: null }, symbols)?.function, 'native_cpuid')
  const unseen = { ...look, steps: [step('start_kernel', 0xffffffff82a03d40n)] }
  const outer = placeOfDeath({ samples: unseen, interrupts: null }, symbols)
  t.equal(outer?.function, 'start_kernel', 'also where no look suggests it')
  t.same(outer?.trace, [])
  t.end()
})

t.test('a control register whose value the accelerator refuses is told as that', t => {
  const at = sample({ rip: inside('setup_arch') }, 'start_kernel')
  const address = addressOf('setup_arch') + 0x10n
  const seenAt = (instruction: string, ...samples: GuestSample[]) => {
    const look = { samples, steps: [], instructions: new Map([[address, instruction]]) }
    return placeOfDeath({ samples: look, interrupts: null }, symbols)
  }
  const place = seenAt('movq %rdi, %cr4', at, at, at)
  t.equal(
    place && endingAt(hang, place, true).reason,
    'the kernel fell silent: it stays in setup_arch, at an instruction that never completes (movq %rdi, %cr4): the accelerator takes its value for reserved',
  )
  t.equal(seenAt('jmp 0xffffffff81001010', at, at)?.waits, null, 'a loop of one instruction')
  const other = sample({ rip: inside('native_cpuid') }, 'setup_arch')
  t.equal(seenAt('movq %rdi, %cr4', at, other)?.waits, null)
  t.end()
})

t.test('a guest that waits for an interrupt is no loop', t => {
  const idle = sample({ rip: inside('native_halt'), halted: true }, 'start_kernel')
  const place = placeOfDeath({ samples: samplesOf(idle, idle), interrupts: null }, symbols)
  t.equal(
    place && endingAt(hang, place, true).reason,
    'the kernel fell silent: its CPUs wait for an interrupt, in native_halt',
  )
  t.end()
})

t.test('before it has page tables of its own a kernel runs where it was loaded', t => {
  const low = (addressOf('setup_arch') + 0x10n - 0xffffffff80000000n).toString(16)
  const place = placeOfDeath(
    { samples: samplesOf(sample({ rip: low })), interrupts: null },
    symbols,
  )
  t.match(place, { function: 'setup_arch', where: 'kernel' })
  const outside = placeOfDeath(
    { samples: samplesOf(sample({ rip: '3000000' })), interrupts: null },
    symbols,
  )
  t.equal(
    outside && endingAt(hang, outside, false).reason,
    'the kernel fell silent: it stays in the boot code, before the kernel proper',
  )
  t.end()
})

t.test('an exception that the kernel has no gate for is told by its own name', t => {
  const died = (vector: string, rip: string, error: string) => {
    const look = {
      samples: null,
      interrupts: interrupts(
        logged(0, vector, rip),
        logged(1, '0d', '475e970', 'ffffffff', error),
        'Triple fault\n',
      ),
    }
    return placeOfDeath(look, null)?.exception
  }
  t.match(died('06', '475e970', '0062'), { vector: 6, tripleFault: true }, 'gates of 16 bytes')
  t.match(died('06', '475e970', '0032'), { vector: 6 }, 'gates of 8 bytes')
  t.match(died('0c', '475e970', '0032'), { vector: 13 }, 'of another gate')
  t.match(died('06', '475e971', '0062'), { vector: 13 }, 'of another place')
  t.match(died('06', '475e970', '0060'), { vector: 13 }, 'of a segment')
  t.end()
})
