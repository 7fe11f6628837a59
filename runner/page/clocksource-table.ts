import { groupBy } from '../group-by.js'
import type { MatrixColumn } from '../matrix/columns.js'
import type { GuiseRecord } from '../record/schema.js'
import { type Html, markup } from './html.js'

/** Which clock sources each kernel took under each hypervisor that it detected, and in how many guests. */
export function clocksourceTable(columns: readonly MatrixColumn[]): Html | '' {
  const all = columns.flatMap(({ records }) => [...records.values()]).filter(hasClock)
  if (all.length === 0) return ''
  const hypervisors = [...new Set(all.map(nameOf))].sort()
  return markup`<h2 id="clocks">Clock sources by hypervisor and kernel</h2>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="clocks">
      <table>
        <caption>
          In how many guests each was current.
        </caption>
        <thead>
          <tr>
            <th scope="col">detected</th>
            ${columns.map(({ kernel }) => markup`<th scope="col">${kernel.name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${hypervisors.map(
            name =>
              markup`<tr>
                <th scope="row">${name}</th>
                ${columns.map(column => cellOf(name, column))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`
}

function cellOf(name: string, { records }: MatrixColumn): Html {
  const own = [...records.values()].filter(record => hasClock(record) && nameOf(record) === name)
  const counts = [...groupBy(own, ({ clocksource }) => clocksource.current ?? '')]
    .map(([clock, guests]) => ({ clock, count: guests.length }))
    .toSorted((a, b) => b.count - a.count || (a.clock < b.clock ? -1 : 1))
  if (counts.length === 0) return markup`<td class="none">none</td>`
  return markup`<td class="none">
    ${counts.map(({ clock, count }) => `${clock} ${count}`).join(', ')}
  </td>`
}

function hasClock({ clocksource, outcome }: GuiseRecord): boolean {
  return outcome === 'reported' && clocksource.current !== null
}

function nameOf({ identity }: GuiseRecord): string {
  return identity.hypervisor ?? 'none'
}
