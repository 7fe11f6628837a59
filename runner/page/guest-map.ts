import { hex32 } from '../cpuid/leaf.js'
import { hypervisorNamed, hypervisorOf } from '../hypervisors/table.js'
import type { Candidate } from '../observe/detection-rule.js'
import type { GuiseRecord } from '../record/schema.js'
import { candidates } from '../report/explain-detection.js'
import { summarise } from '../report/summary.js'
import { type Html, markup } from './html.js'
import { type Block, blocksOf, colourOf } from './leaf-map.js'

type Interface = GuiseRecord['interfaces'][number]

const [width, column, box, gap, line] = [1080, 300, 44, 14, 17]
const [leavesAt, probesAt, takenAt] = [20, 390, 760]
const top = 110
// Of more interfaces the rest are counted.
const mostListed = 8

/**
 * One guest's story as a picture: which hypervisors' leaves it was shown, which probe of Linux took which and which of them won, and what
 * the kernel took up of each owner. It stands alone: an SVG that loads nothing, on a white ground, as a mail shows it.
 */
export function guestMap(record: GuiseRecord): string {
  const blocks = blocksOf(record)
  const probes = candidates(record)
  const owners = ownersOf(record)
  const heights = owners.map(heightOf)
  const places = heights.map((_, index) => top + sum(heights.slice(0, index)) + index * gap)
  const height =
    Math.max(
      top + Math.max(blocks.length, probes.length, 1) * (box + gap),
      (places.at(-1) ?? top) + (heights.at(-1) ?? 0) + gap,
    ) + 20
  const { kernel, scenario, accel, fidelity } = record
  const title = `${scenario} on Linux ${kernel.version}, ${accel}, fidelity ${fidelity}`
  const winner = record.identity.hypervisor && hypervisorNamed(record.identity.hypervisor)
  const y = (index: number) => top + index * (box + gap)
  const svg = markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="map-title" font-family="system-ui, sans-serif" font-size="13">
<title id="map-title">${title}: ${summarise(record)}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="20" y="30" font-size="17" font-weight="600" fill="#1a1a1a">${title}</text>
<text x="20" y="54" fill="#1a1a1a">${summarise(record)}</text>
${heading(leavesAt, 'Leaves that it was shown')}${heading(probesAt, 'What the probes of Linux return')}${heading(takenAt, 'What the kernel took up')}
${probes.map((probe, index) => arrow(leavesAt + column, y(placeOf(blocks, probe)) + box / 2, probesAt, y(index) + box / 2, colourOf(probe.owner), probe.refused !== null))}
${probes.map((probe, index) => {
  const to = owners.findIndex(({ owner }) => owner === probe.owner)
  if (to < 0) return markup``
  return arrow(
    probesAt + column,
    y(index) + box / 2,
    takenAt,
    (places[to] ?? top) + 15,
    colourOf(probe.owner),
    probe.owner !== winner,
  )
})}
${blocks.length === 0 ? note(leavesAt, 'none of a hypervisor') : blocks.map((block, index) => blockBox(block, y(index)))}
${probes.length === 0 ? note(probesAt, 'no probe finds a signature') : probes.map((probe, index) => probeBox(probe, y(index), probe.owner === winner))}
${owners.length === 0 ? note(takenAt, record.outcome === null ? 'no guest was started' : 'nothing of a hypervisor') : owners.map((owner, index) => ownerBox(owner, places[index] ?? top, heights[index] ?? 0))}
</svg>
`
  return svg.html
}

function heading(x: number, text: string): Html {
  return markup`<text x="${x}" y="${top - 16}" font-weight="600" fill="#575757">${text}</text>`
}

function note(x: number, text: string): Html {
  return markup`<text x="${x}" y="${top + 20}" fill="#575757">${text}</text>`
}

/** @param faint - what comes of it counts for nothing */
function arrow(
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  colour: string,
  faint: boolean,
): Html {
  const dash = faint ? '5 5' : 'none'
  const bend = (fromX + toX) / 2
  return markup`<path d="M${fromX} ${fromY} C${bend} ${fromY} ${bend} ${toY} ${toX} ${toY}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>
`
}

function placeOf(blocks: readonly Block[], { base }: Candidate): number {
  return Math.max(
    0,
    blocks.findIndex(block => block.base === base),
  )
}

function boxAt(x: number, y: number, height: number, colour: string, thick: boolean): Html {
  return markup`<rect x="${x}" y="${y}" width="${column}" height="${height}" rx="4" fill="#ffffff" stroke="${colour}" stroke-width="${thick ? 4 : 2}"/>`
}

function textAt(x: number, y: number, text: string, faint = false): Html {
  // Some 44 characters fit into a box.
  const shown = text.length > 44 ? `${text.slice(0, 43)}…` : text
  return markup`<text x="${x + 12}" y="${y}" fill="${faint ? '#575757' : '#1a1a1a'}"><title>${text}</title>${shown}</text>`
}

function blockBox({ base, signature, leaves, owner }: Block, y: number): Html {
  const name = signature === '' ? 'no signature' : `“${signature}”`
  return markup`<g>${boxAt(leavesAt, y, box, colourOf(owner), false)}${textAt(leavesAt, y + 18, `${hex32(base)}  ${name}`)}${textAt(leavesAt, y + 36, `${leaves} ${leaves === 1 ? 'leaf' : 'leaves'}`, true)}</g>
`
}

function probeBox({ name, owner, priority, refused }: Candidate, y: number, wins: boolean): Html {
  const told = refused ?? `returns ${hex32(priority)}${wins ? ': it is this one' : ''}`
  return markup`<g>${boxAt(probesAt, y, box, colourOf(owner), wins)}${textAt(probesAt, y + 18, name)}${textAt(probesAt, y + 36, told, true)}</g>
`
}

interface Owner {
  readonly owner: string
  readonly adopted: readonly Interface[]
  readonly idle: readonly Interface[]
}

/** The owners of interfaces, hypervisors first; of the platform what was taken up alone. */
function ownersOf({ interfaces }: GuiseRecord): Owner[] {
  const names = [...new Set(interfaces.map(({ owner }) => owner))]
  return names
    .map((owner): Owner => {
      const own = interfaces.filter(each => each.owner === owner)
      const isOther = owner === 'platform'
      return {
        owner,
        adopted: own.filter(({ adopted }) => adopted !== null),
        idle: isOther
          ? []
          : own.filter(({ adopted, offered }) => adopted === null && offered !== null),
      }
    })
    .filter(({ adopted, idle }) => adopted.length + idle.length > 0)
    .toSorted(
      (a, b) =>
        Number(hypervisorOf(a.owner) === undefined) - Number(hypervisorOf(b.owner) === undefined),
    )
}

function linesOf({ adopted, idle }: Owner): { text: string; faint: boolean }[] {
  const all = [
    ...adopted.map(({ id, class: kind }) => ({ text: `${id} (${kind})`, faint: false })),
    ...idle.map(({ id }) => ({ text: `${id}: offered, left alone`, faint: true })),
  ]
  const rest = all.length - mostListed
  return rest > 1 ? [...all.slice(0, mostListed), { text: `and ${rest} more`, faint: true }] : all
}

function heightOf(owner: Owner): number {
  return 30 + linesOf(owner).length * line
}

function ownerBox(owner: Owner, y: number, height: number): Html {
  const title =
    hypervisorOf(owner.owner)?.title ?? (owner.owner === 'common' ? 'in common' : 'the platform')
  return markup`<g>${boxAt(takenAt, y, height, colourOf(owner.owner), owner.adopted.length > 0)}<text x="${takenAt + 12}" y="${y + 20}" font-weight="600" fill="#1a1a1a">${title}</text>${linesOf(
    owner,
  ).map(({ text, faint }, index) => textAt(takenAt, y + 38 + index * line, text, faint))}</g>
`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
