import * as z from 'zod'
import type { QemuExit } from './qemu-process.js'
import { counted } from '../terminal/counted.js'

/** What a probe of KVM comes to. */
export const kvmAnswerSchema = z.object({
  works: z.boolean(),
  reason: z.string(),
  cyclesPerTurn: z.number().nullable(),
})

/** Whether KVM works on this machine, and why or why not. */
export type KvmAnswer = z.output<typeof kvmAnswerSchema>

/** The leaf that the probe sets by the override and asks the guest for, as the tiny guest writes numbers. */
export const probedLeaf = { leaf: '40000055', eax: '6775697e' } as const

// One loop that is interrupted takes as long as one that is emulated; of eight, one is not.
const loops = 8

/** What the tiny guest is asked (guest/tiny/README.md): the leaf, timed loops, a VEX instruction. */
export const probeItems = [
  probedLeaf.leaf,
  ...Array.from({ length: loops }, () => 't'),
  'v',
] as const

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
  const cyclesPerTurn = leastCyclesPerTurn(result.output)
  const problems = problemsOf(result, cyclesPerTurn)
  if (problems.length > 0) {
    return { works: false, reason: `/dev/kvm opens, but ${problems.join('; ')}`, cyclesPerTurn }
  }
  return {
    works: true,
    reason: `a loop takes ${counted(cyclesPerTurn ?? 0, 'cycle')} a turn`,
    cyclesPerTurn,
  }
}

/** The least of the loops: an interrupted one is none of KVM's faults. */
function leastCyclesPerTurn(output: string): number | null {
  const cycles = [...output.matchAll(/^t ([0-9a-f]{8})$/gm)].map(([, digits = '']) =>
    Number.parseInt(digits, 16),
  )
  return cycles.length === 0 ? null : Math.round(Math.min(...cycles) / loopTurns)
}

function problemsOf(result: ProbeResult, cyclesPerTurn: number | null): string[] {
  const { output, failedToStart } = result
  if (failedToStart !== null) return [`QEMU could not be started: ${failedToStart}`]
  const problems = []
  // Where the guest said nothing, nothing is known of what it would have said.
  if (output.includes('\n') && !answersLeaf(output)) {
    problems.push(`the override of leaf 0x${probedLeaf.leaf} did not hold`)
  }
  if (cyclesPerTurn !== null && cyclesPerTurn > mostCyclesPerTurn) {
    problems.push(`it emulates guest code: a loop takes ${counted(cyclesPerTurn, 'cycle')} a turn`)
  }
  return [...problems, ...whyNoEnd(result)]
}

function answersLeaf(output: string): boolean {
  return output.startsWith(`${probedLeaf.leaf} 00000000 ${probedLeaf.eax} `)
}

/** Why the guest did not come to its end, or nothing. */
function whyNoEnd({ output, code, stderr, inTime }: ProbeResult): string[] {
  const vex = hexAfter(output, /^v ([0-9a-f]{8})$/m)
  // 0: the CPU offers no such instruction.
  if (code === statusDone && (vex === 0xf0 || vex === 0)) return []
  const gaveUp = /KVM internal error[^\n]*/.exec(stderr)?.[0]
  const loopsDone = [...output.matchAll(/^t /gm)].length === loops
  if (vex !== null || (loopsDone && gaveUp !== undefined)) {
    return [
      `it fails at an instruction with a VEX prefix${gaveUp === undefined ? '' : ` (${gaveUp})`}`,
    ]
  }
  if (gaveUp !== undefined) return [`it gave its guest up (${gaveUp})`]
  if (!inTime) {
    return [output === '' ? 'its guest said nothing in time' : 'its guest did not end in time']
  }
  const said = stderr.trim().split('\n').at(-1) ?? ''
  return [`QEMU ended with status ${code ?? 'none'}${said === '' ? '' : `: ${said}`}`]
}

function hexAfter(text: string, pattern: RegExp): number | null {
  const digits = pattern.exec(text)?.[1]
  return digits === undefined ? null : Number.parseInt(digits, 16)
}
