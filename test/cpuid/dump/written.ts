import { type CpuDump, hex32, type LeafValue, registerNames } from '../../../runner/cpuid/leaf.js'

/** Dumps as AIDA64 writes them, with notes of subleaves or, as its first versions, without. */
export function instlat(cpus: readonly CpuDump[], notes?: 'without notes'): string {
  return cpus
    .map(({ cpu, leaves }) => {
      const lines = leaves.map(value => {
        const note =
          hasSubleaves(value, leaves) && notes === undefined ? ` [SL ${decimal(value)}]` : ''
        return `CPUID ${digits(value.leaf)}: ${registerNames.map(name => digits(value.registers[name])).join('-')}${note}\n`
      })
      return `------[ Logical CPU #${cpu} ]------\n\n${lines.join('')}\n`
    })
    .join('')
}

/** The dump of one CPU as `kcpuid -r` writes it. */
export function kcpuid([first]: readonly CpuDump[]): string {
  const leaves = first?.leaves ?? []
  const lines = leaves.map(value => {
    const registers = registerNames
      .map(name => `${name.toUpperCase()}=${hex32(value.registers[name])}`)
      .join(', ')
    if (!hasSubleaves(value, leaves)) return `${hex32(value.leaf)}: ${registers}\n`
    const title = value.subleaf === 0 ? `${hex32(value.leaf)}: subleafs:\n` : ''
    return `${title} ${String(value.subleaf).padStart(2)}: ${registers}\n`
  })
  return `Basic Leafs :\n================\n${lines.join('')}`
}

function hasSubleaves({ leaf }: LeafValue, leaves: readonly LeafValue[]): boolean {
  return leaves.some(other => other.leaf === leaf && other.subleaf > 0)
}

function decimal({ subleaf }: LeafValue): string {
  return String(subleaf).padStart(2, '0')
}

function digits(value: number): string {
  return hex32(value).slice(2).toUpperCase()
}
