import type { LeafValue } from '../../cpuid/leaf.js'
import { offsets, sizes } from './layout.js'

/** Some of one vCPU's CPUID answers: a vCPU with many fills several records. */
export interface CpuidRecord {
  readonly cpu: number
  readonly leaves: readonly LeafValue[]
}

const cpuSize = 4

/** Reads a cpuid record's payload, or null where its length fits no whole number of answers. */
export function parseCpuid(payload: Buffer): CpuidRecord | null {
  const count = (payload.length - cpuSize) / sizes.cpuidAnswer
  if (!Number.isInteger(count) || count < 0) return null
  const leaves = Array.from({ length: count }, (_, index) =>
    readAnswer(payload.subarray(cpuSize + index * sizes.cpuidAnswer)),
  )
  return { cpu: payload.readUInt32LE(0), leaves }
}

function readAnswer(answer: Buffer): LeafValue {
  const field = offsets.cpuidAnswer
  return {
    leaf: answer.readUInt32LE(field.leaf),
    subleaf: answer.readUInt32LE(field.subleaf),
    registers: {
      eax: answer.readUInt32LE(field.eax),
      ebx: answer.readUInt32LE(field.ebx),
      ecx: answer.readUInt32LE(field.ecx),
      edx: answer.readUInt32LE(field.edx),
    },
  }
}
