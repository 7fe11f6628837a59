import { formatChange } from '../matrix/change.js'
import type { Matrix, MatrixCell } from '../matrix/matrix.js'
import { versionLines } from '../matrix/version-text.js'
import { fate } from '../report/summary.js'
import { counted } from '../terminal/counted.js'
import { type Html, markup } from './html.js'

/** What narrows the matrix down. */
export const filterForm: Html = markup`<form id="filter" role="search">
  <label
    >Scenario <input id="name" type="search" autocomplete="off" placeholder="words of its name"
  /></label>
  <label><input id="differs" type="checkbox" /> only what differs or fails</label>
  <fieldset>
    <legend>Verdict</legend>
    ${(['pass', 'fail', 'skip', 'error'] as const).map(
      verdict =>
        markup`<label><input type="checkbox" name="verdict" value="${verdict}" /> ${verdict}</label>`,
    )}
  </fieldset>
  <p id="count" class="faint" role="status"></p>
</form>`

/**
 * A scenario of the matrix.
 *
 * @param put - keeps what there is to say of a guest, and says where; null where nothing is known
 */
export function rowOf(
  scenario: string,
  cells: readonly (MatrixCell | null)[],
  put: (cell: MatrixCell, column: number) => { id: string; title: string } | null,
): Html {
  const verdicts = [...new Set(cells.flatMap(cell => cell?.verdict ?? []))]
  const differs = cells.some(cell => cell !== null && (isBad(cell) || differsFromBefore(cell)))
  const shown = cells.map((cell, column) => {
    const place = cell && put(cell, column)
    if (cell === null || place === null) return markup`<td class="none">not run</td>`
    const state =
      isBad(cell) || cell.verdict === 'skip'
        ? cell.verdict
        : differsFromBefore(cell)
          ? 'differs'
          : 'same'
    return markup`<td class="${state}">
      <button
        type="button"
        data-cell="${place.id}"
        data-title="${place.title}"
        aria-haspopup="dialog"
      >
        ${textOf(cell)}
      </button>
    </td>`
  })
  return markup`<tr
    data-name="${scenario}"
    data-verdicts="${verdicts.join(' ')}"
    data-differs="${differs ? 'yes' : 'no'}"
  >
    <th scope="row">${scenario}</th>
    ${shown}
  </tr> `
}

function isBad({ verdict }: MatrixCell): boolean {
  return verdict === 'fail' || verdict === 'error'
}

function differsFromBefore({ changes }: MatrixCell): boolean {
  return changes !== null && changes.length > 0
}

function textOf(cell: MatrixCell): string {
  if (cell.verdict === 'skip' && cell.outcome === null) return 'skip'
  const verdict = isBad(cell) ? `${cell.verdict.toUpperCase()} ` : ''
  if (cell.changes?.length === 0) return `${verdict}=`
  const end = cell.outcome === 'reported' ? (cell.clocksource ?? '') : fate(cell)
  return `${verdict}${cell.changes === null ? '' : '≠ '}${cell.hypervisor ?? 'none'}, ${end}`
}

/** What differs from kernel to kernel, in words and with causes. */
export function changeList(matrix: Matrix): Html | '' {
  const { kernels, rows } = matrix
  const items = rows.flatMap(({ scenario, cells }) =>
    cells.flatMap((cell, column) =>
      cell === null || !differsFromBefore(cell)
        ? []
        : [
            markup`<li>
              <code>${scenario}</code> with ${kernels[column]?.name ?? ''}:
              <code>${(cell.changes ?? []).map(formatChange).join('; ')}</code
              >${cell.causes.map(cause => markup`<br />because: ${cause}`)}
            </li> `,
          ],
    ),
  )
  const ofVersions = versionLines(matrix)
  if (items.length === 0 && ofVersions.length === 0) return ''
  return markup`<h2>What changed from kernel to kernel</h2>
    <details>
      <summary>
        ${counted(items.length, 'cell')} that ${items.length === 1 ? 'differs' : 'differ'}
      </summary>
      <ul>
        ${items}
      </ul>
    </details>
    ${
      ofVersions.length === 0
        ? ''
        : markup`<details>
            <summary>New and gone with a kernel, of all its guests</summary>
            <pre tabindex="0">${lines(ofVersions)}</pre>
          </details>`
    }`
}

/** Lines, each text, with the ends of lines that a pre element shows. */
function lines(texts: readonly string[]): Html[] {
  return texts.map(text => markup`${text} `)
}
