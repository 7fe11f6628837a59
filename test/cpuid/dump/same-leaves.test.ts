import { createHash } from 'node:crypto'
import t from 'tap'
import { parseDump } from '../../../runner/cpuid/dump/parse.js'
import { formatRawDump } from '../../../runner/cpuid/dump/write.js'
import type { CpuDump, LeafValue } from '../../../runner/cpuid/leaf.js'
import * as written from './written.js'

/** Numbers by chance, the same for the same seed. */
class Chance {
  readonly #seed: number
  #count = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  uint32(): number {
    this.#count += 1
    return createHash('sha256').update(`${this.#seed} ${this.#count}`).digest().readUInt32LE()
  }

  below(limit: number): number {
    return this.uint32() % limit
  }
}

function someLeaves(chance: Chance): LeafValue[] {
  const ranges = [0, 0x40000000, 0x80000000, 0xc0000000]
  const numbers = ranges.flatMap(base =>
    Array.from({ length: chance.below(20) }, (_, n) => base + n),
  )
  return [0, ...numbers.filter(leaf => leaf > 0 && chance.below(3) > 0)].flatMap(leaf => {
    // Where a listing says no subleaf, a leaf that tells the highest of its range has none.
    const subleaves = leaf % 0x10000 === 0 || chance.below(3) > 0 ? 1 : 1 + chance.below(20)
    return Array.from({ length: subleaves }, (_, subleaf) => {
      const register = () => (chance.below(3) === 0 ? 0 : chance.uint32())
      const registers = { eax: register(), ebx: register(), ecx: register(), edx: register() }
      return { leaf, subleaf, registers }
    })
  })
}

t.test('every format of the same leaves gives the same leaves', t => {
  for (let seed = 0; seed < 100; seed += 1) {
    const chance = new Chance(seed)
    const cpus: CpuDump[] = Array.from({ length: 1 + chance.below(4) }, (_, cpu) => {
      return { cpu, leaves: someLeaves(chance) }
    })
    t.same(parseDump(formatRawDump(cpus)).cpus, cpus, `cpuid -r, ${seed}`)
    t.same(parseDump(written.instlat(cpus)).cpus, cpus, `InstLatx64, ${seed}`)
    t.same(parseDump(written.instlat(cpus, 'without notes')).cpus, cpus, `without notes, ${seed}`)
    const one = cpus.slice(0, 1)
    t.same(parseDump(written.kcpuid(one)).cpus, one, `kcpuid -r, ${seed}`)
  }
  t.end()
})
