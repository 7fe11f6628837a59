import t from 'tap'
import {
  instructionAddress,
  isDead,
  parseCpuState,
  parseCpuStates,
  stackPointer,
} from '../../../runner/console/look/cpu-state.js'
import { InterruptLog } from '../../../runner/console/look/interrupt-log.js'
import { parseInstruction } from '../../../runner/console/look/sample-guest.js'
import { logged, shownCpu } from './states.js'

const rip = 'ffffffff81058980'

t.test('a CPU as QEMU shows it', t => {
  const state = parseCpuState(
    shownCpu({ rip, rsp: 'ffffffff82c03d58', flags: '00000086', halted: true }),
  )
  if (state === null) throw new Error('no state')
  t.equal(instructionAddress(state), 0xffffffff81058980n)
  t.equal(stackPointer(state), 0xffffffff82c03d58n)
  t.equal(state.registers.get('R8'), 1n)
  t.equal(state.registers.get('CR2'), 8n)
  t.equal(state.registers.has('GDT'), false)
  t.equal(state.mode, 64)
  t.equal(isDead(state), true, 'halted, without interrupts')
  const waits = parseCpuState(shownCpu({ rip, flags: '00000246', halted: true }))
  t.equal(waits && isDead(waits), false, 'an interrupt wakes it')
  t.equal(parseCpuState('QEMU says something else'), null)
  t.end()
})

t.test('a CPU in the firmware counts from its code segment', t => {
  const state = parseCpuState(
    'EAX=00000000 EBX=00000000\nEIP=0000e82d EFL=00000046 [---Z-P-] CPL=0 HLT=0\nCS =f000 000f0000 0000ffff 00009b00 DPL=0 CS16 [-RA]\n',
  )
  t.equal(state?.mode, 16)
  t.equal(state && instructionAddress(state), 0xfe82dn)
  t.end()
})

t.test('each CPU of several', t => {
  const text = [
    '',
    ...[0, 12].map(cpu => `CPU#${cpu}\n${shownCpu({ rip: `ffffffff8100000${cpu % 10}` })}`),
  ].join('\n')
  t.same(
    parseCpuStates(text).map(({ cpu, registers }) => [cpu, registers.get('RIP')]),
    [
      [0, 0xffffffff81000000n],
      [12, 0xffffffff81000002n],
    ],
  )
  t.end()
})

t.test('an instruction as QEMU writes it, if it can', t => {
  const shown = '0xffffffff81058980:  f7 f6                    divl     %esi\r\n'
  t.equal(parseInstruction(shown), 'divl %esi')
  t.equal(
    parseInstruction('0xffffffff81058cf6:  0f 22 e7                 movq     %rdi, %cr4'),
    'movq %rdi, %cr4',
  )
  t.equal(parseInstruction('Cannot access memory\r\n'), null)
  t.end()
})

t.test('exceptions are read from a log that comes in any pieces', t => {
  const text =
    logged(0, '0e', 'ffffffff8333fa38') +
    `     1: v=30 e=0000 i=0 cpl=3 IP=0033:0000000000401000 pc=0000000000401000 SP=002b:0 env->regs[R_EAX]=0\n${shownCpu({ rip: '401000' })}` +
    logged(2, '00', rip)
  for (const size of [1, 7, text.length]) {
    const log = new InterruptLog()
    for (let at = 0; at < text.length; at += size) log.feed(text.slice(at, at + size))
    const { last, tripleFault } = log.history()
    t.equal(tripleFault, false)
    t.same(
      last.map(({ number, vector, privilege, address, state }) => [
        number,
        vector,
        privilege,
        address,
        state?.registers.get('RIP'),
      ]),
      [
        [0, 0xe, 0, 0x10n, 0xffffffff8333fa38n],
        [1, 0x30, 3, null, 0x401000n],
        [2, 0, 0, null, 0xffffffff81058980n],
      ],
    )
  }
  t.end()
})

t.test('a triple fault, and what was being delivered by then', t => {
  const log = new InterruptLog()
  log.feed(logged(4, '0e', rip) + logged(5, '0b', rip, 'e') + logged(6, '08', rip, '8'))
  log.feed(
    `check_exception old: 0x8 new 0xb\nTriple fault\nCPU Reset (CPU 0)\n${shownCpu({ rip: '1' })}`,
  )
  const { last, tripleFault } = log.history()
  t.equal(tripleFault, true)
  t.same(
    last.map(({ vector, nested }) => [vector, nested]),
    [
      [0xe, false],
      [0xb, true],
      [8, true],
    ],
  )
  t.equal(
    last.at(-1)?.state?.registers.get('RIP'),
    0xffffffff81058980n,
    'not those after the reset',
  )
  t.end()
})

t.test('of a guest that faults without an end only the last is kept', t => {
  const log = new InterruptLog()
  for (let number = 0; number < 1000; number += 1) log.feed(logged(number, '0e', rip))
  const { last } = log.history()
  t.equal(last.length, 64)
  t.equal(last.at(-1)?.number, 999)
  t.end()
})
