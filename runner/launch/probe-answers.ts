import type { KvmAnswer } from './kvm-probe.js'
import type { QemuExit } from './qemu-process.js'

/** The leaf that the probe sets by the override and asks the guest for, as the tiny guest writes numbers. */
export const probedLeaf = { leaf: '40000055', eax: '6775697e' } as const

/** What the tiny guest is asked (guest/tiny/README.md): the leaf, a timed loop, a VEX instruction. */
export const probeItems = [probedLeaf.leaf, 't', 'v'] as const

/** What came of the tiny guest. */
export interface ProbeResult extends Pick<QemuExit, 'code' | 'stderr' | 'failedToStart'> {
  /** Whether it ended before its deadline. */
  readonly inTime: boolean
  /** What it wrote to its debug console. */
  readonly output: string
}

// guest/tiny/tiny.S, LOOP_TURNS.
const loopTurns = 0x4000
// A CPU takes one or two cycles a turn, TCG some ten, a KVM that emulates guest code some thousands.
const mostCyclesPerTurn = 200
// QEMU's status for the tiny guest's "all done".
const statusDone = 67

/** Whether KVM works, by what the tiny guest said under it; the reason names what failed. */
export function judgeProbe(result: ProbeResult): KvmAnswer {
  const { output } = result
  const cycles = hexAfter(output, /^t ([0-9a-f]{8})$/m)
  const cyclesPerTurn = cycles === null ? null : Math.round(cycles / loopTurns)
  const reasons = [
    ...(answersLeaf(output) ? [] : [`the override of leaf 0x${probedLeaf.leaf} did not hold`]),
    ...(cyclesPerTurn === null || cyclesPerTurn <= mostCyclesPerTurn
      ? []
      : [`it emulates guest code: a loop takes ${cyclesPerTurn} cycles a turn`]),
    ...whyNoEnd(result),
  ]
  if (reasons.length > 0) {
    return { works: false, reason: `/dev/kvm opens, but ${reasons.join('; ')}`, cyclesPerTurn }
  }
  return { works: true, reason: `a loop takes ${cyclesPerTurn ?? 0} cycles a turn`, cyclesPerTurn }
}

function answersLeaf(output: string): boolean {
  return output.startsWith(`${probedLeaf.leaf} 00000000 ${probedLeaf.eax} `)
}

/** Why the guest did not come to its end, or nothing. */
function whyNoEnd({ output, code, stderr, failedToStart, inTime }: ProbeResult): string[] {
  if (failedToStart !== null) return [`QEMU could not be started: ${failedToStart}`]
  const vex = hexAfter(output, /^v ([0-9a-f]{8})$/m)
  // 0: the CPU offers no such instruction.
  if (code === statusDone && (vex === 0xf0 || vex === 0)) return []
  if (/^t /m.test(output)) {
    const said = /KVM internal error[^\n]*/.exec(stderr)?.[0]
    return [`it fails at an instruction with a VEX prefix${said === undefined ? '' : ` (${said})`}`]
  }
  if (!inTime) return ['its guest did not end in time']
  const said = stderr.trim().split('\n').at(-1) ?? ''
  return [`QEMU ended with status ${code ?? 'none'}${said === '' ? '' : `: ${said}`}`]
}

function hexAfter(text: string, pattern: RegExp): number | null {
  const digits = pattern.exec(text)?.[1]
  return digits === undefined ? null : Number.parseInt(digits, 16)
}
