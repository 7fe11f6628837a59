import type { MatrixColumn } from '../matrix/columns.js'
import type { GuiseRecord } from '../record/schema.js'
import { formatInstructions } from '../terminal/instructions.js'
import { type Html, markup } from './html.js'

type Cost = NonNullable<GuiseRecord['instructions']>

const phases = [
  { name: 'unpacking', from: null, to: 'unpacked', colour: '#4c78a8' },
  { name: 'to detection', from: 'unpacked', to: 'detected', colour: '#d98032' },
  { name: 'to init', from: 'detected', to: 'init', colour: '#3f8f5f' },
  { name: 'report', from: 'init', to: 'report', colour: '#a85482' },
] as const

const [left, width, bar, gap] = [220, 640, 22, 10]

/** What booting costs on each kernel, by its phases: the medians of the guests whose instructions were counted on every kernel. */
export function bootCostPlot(columns: readonly MatrixColumn[]): Html | '' {
  const counted = columns.filter(({ records }) => [...records.values()].some(isWhole))
  const names = [...(counted[0]?.records.keys() ?? [])].filter(name =>
    counted.every(({ records }) => isWhole(records.get(name))),
  )
  if (names.length === 0) return ''
  const bars = counted.map(({ kernel, records }) => ({
    name: kernel.name,
    costs: phases.map(({ from, to }) =>
      median(names.map(name => between(records.get(name)?.instructions, from, to))),
    ),
  }))
  const most = Math.max(...bars.map(({ costs }) => costs.reduce((sum, cost) => sum + cost, 0)))
  const height = bars.length * (bar + gap) + gap
  return markup`<h2 id="cost">What booting costs</h2>
    <p class="faint">
      Instructions from the kernel&rsquo;s beginning, by phase: medians of ${names.length} scenarios that
      were counted on each kernel.
      ${phases.map(({ name, colour }) => markup`<svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="${colour}" /></svg> ${name} `)}
    </p>
    <svg
      viewBox="0 0 ${left + width + 120} ${height}"
      width="${left + width + 120}"
      height="${height}"
      role="img"
      aria-labelledby="cost cost-text"
    >
      <title id="cost-text">
        ${bars.map(({ name, costs }) => `${name}: ${formatInstructions(sum(costs))}`).join('; ')}
      </title>
      ${bars.map(({ name, costs }, row) => {
        const y = gap + row * (bar + gap)
        const scale = width / most
        return markup`<text x="0" y="${y + 15}">${name}</text>${costs.map(
          (cost, phase) =>
            markup`<rect
                x="${(left + sum(costs.slice(0, phase)) * scale).toFixed(1)}"
                y="${y}"
                width="${(cost * scale).toFixed(1)}"
                height="${bar}"
                fill="${phases[phase]?.colour ?? ''}"
              />`,
        )}<text x="${(left + sum(costs) * scale + 6).toFixed(1)}" y="${y + 15}"
            >${formatInstructions(sum(costs))}</text
          > `
      })}
    </svg>`
}

function isWhole(record: GuiseRecord | undefined): boolean {
  const cost = record?.instructions
  return cost != null && cost.report !== null && cost.init !== null && cost.unpacked !== null
}

/** A guest in which nothing is detected has no such phase: it is part of the next. */
function between(cost: Cost | null | undefined, from: keyof Cost | null, to: keyof Cost): number {
  if (cost == null) return 0
  const at = (phase: keyof Cost | null): number =>
    phase === null ? 0 : (cost[phase] ?? (phase === 'detected' ? (cost.unpacked ?? 0) : 0))
  return Math.max(0, at(to) - at(from))
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
