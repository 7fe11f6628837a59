import { decodeSignature } from '../cpuid/signature.js'
import { baseOf, baseStride, hex32, hypervisorFirst, isHypervisorLeaf } from '../cpuid/leaf.js'
import { groupBy } from '../group-by.js'
import { hypervisors } from '../hypervisors/table.js'
import { decodeSeen } from '../record/cpuid.js'
import type { GuiseRecord } from '../record/schema.js'
import { type Html, markup } from './html.js'

/** A hypervisor's block of leaves. */
export interface Block {
  readonly base: number
  readonly signature: string
  /** How many leaves it has by its own account, the base among them. */
  readonly leaves: number
  /** The hypervisor that its signature is of; null where Linux knows none. */
  readonly owner: string | null
}

const colours: Readonly<Record<string, string>> = {
  kvm: '#4c78a8',
  hyperv: '#3f8f5f',
  xen: '#a85482',
  vmware: '#d98032',
}
const other = '#77797f'

/** The colour of an owner's things, alike in all plots. */
export function colourOf(owner: string | null): string {
  return (owner === null ? undefined : colours[owner]) ?? other
}

const [row, gap, cell] = [26, 6, 190]

/** Where the leaves of hypervisors lie from 0x40000000 on, in each arrangement that guests were shown. */
export function leafMap(records: readonly GuiseRecord[]): Html | '' {
  const shown = records.flatMap(record => {
    const blocks = blocksOf(record)
    return blocks.length === 0 ? [] : [{ scenario: record.scenario, blocks }]
  })
  const layouts = [...groupBy(shown, ({ blocks }) => JSON.stringify(blocks)).values()]
    .map(group => ({
      blocks: group[0]?.blocks ?? [],
      scenarios: [...new Set(group.map(({ scenario }) => scenario))],
    }))
    .toSorted((a, b) => b.scenarios.length - a.scenarios.length)
  if (layouts.length === 0) return ''
  const bases = [...new Set(layouts.flatMap(({ blocks }) => blocks.map(({ base }) => base)))].sort(
    (a, b) => a - b,
  )
  const size = { width: bases.length * cell + 640, height: (layouts.length + 1) * (row + gap) }
  return markup`<h2 id="map">Where hypervisors&rsquo; leaves lie</h2>
    <p class="faint">
      Each row is an arrangement that guests were shown, with how many scenarios show it; each
      column is a base.
    </p>
    <details open>
      <summary>${layouts.length} ${layouts.length === 1 ? 'arrangement' : 'arrangements'}</summary>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="map">
        <svg
          viewBox="0 0 ${size.width} ${size.height}"
          width="${size.width}"
          height="${size.height}"
          role="img"
          aria-labelledby="map"
        >
          ${bases.map((base, column) => markup`<text x="${column * cell + 4}" y="17">${hex32(base)}</text>`)}
          ${layouts.map(({ blocks, scenarios }, index) => {
            const y = (index + 1) * (row + gap)
            const of = `${scenarios.length}: ${scenarios.slice(0, 3).join(', ')}${scenarios.length > 3 ? ', …' : ''}`
            return markup`<g
              >${blocks.map(block => blockOf(block, bases.indexOf(block.base) * cell, y))}<text
                x="${bases.length * cell + 8}"
                y="${y + 17}"
                >${of}</text
              ></g
            > `
          })}
        </svg>
      </div>
    </details>`
}

function blockOf({ signature, leaves, base, owner }: Block, x: number, y: number): Html {
  const colour = colourOf(owner)
  const label = signature === '' ? 'no signature' : signature
  return markup`<g
    ><title>${label} at ${hex32(base)}, ${leaves} leaves</title
    ><rect
      x="${x + 1}"
      y="${y}"
      width="${cell - 8}"
      height="${row}"
      rx="3"
      fill="none"
      stroke="${colour}"
      stroke-width="3"
    /><text x="${x + 10}" y="${y + 17}">${label}: ${leaves}</text></g
  >`
}

/** The blocks that a guest was shown, by their bases. */
export function blocksOf({ cpuid }: GuiseRecord): Block[] {
  const [first] = cpuid.got
  if (first === undefined) return []
  return decodeSeen(first)
    .leaves.flatMap(({ leaf, registers }) => {
      const isBase = isHypervisorLeaf(leaf) && leaf === baseOf(leaf)
      if (!isBase) return []
      const leaves =
        (registers.eax >= leaf && registers.eax - leaf < baseStride ? registers.eax - leaf : 0) + 1
      const signature = decodeSignature(registers)
      // Of a base that nothing is said of there is nothing to show.
      return signature === '' && registers.eax === 0
        ? []
        : [
            {
              base: leaf,
              signature,
              leaves,
              owner: hypervisors.find(each => each.signature === signature)?.name ?? null,
            },
          ]
    })
    .filter(({ base }) => base >= hypervisorFirst)
}
