import { createHash } from 'node:crypto'
import { makeColumns } from '../matrix/columns.js'
import { makeMatrix } from '../matrix/matrix.js'
import type { GuiseRecord } from '../record/schema.js'
import { qemusOf } from '../report/qemus-of.js'
import { formatQemus } from '../report/reporter.js'
import { countVerdicts } from '../report/summary.js'
import { counted } from '../terminal/counted.js'
import { packDetails } from './cell-details.js'
import { bootCostPlot } from './boot-cost-plot.js'
import { clocksourceTable } from './clocksource-table.js'
import { type Html, markup } from './html.js'
import { leafMap } from './leaf-map.js'
import { changeList, filterForm, rowOf } from './matrix-section.js'
import { script } from './script.js'
import { style } from './style.js'

/** What a page is made of. */
export interface PageSource {
  readonly records: readonly GuiseRecord[]
  /** What is missing of the runs, a sentence each; none of whole ones. */
  readonly missing: readonly string[]
  /** The raw console of a record's guest, or its end; null where it is not there. */
  readonly consoleOf: (record: GuiseRecord) => Buffer | null
}

/**
 * A page that holds all of one or several runs, and loads nothing: scenarios by kernels, and all that there is to say of each guest. The
 * browser runs the page's own script alone (Content-Security-Policy, by its digest), and what guests said is text in it.
 */
export function makePage(source: PageSource): string {
  const { records, missing } = source
  const matrix = makeMatrix(records)
  const columns = makeColumns(records)
  const packed: Html[] = []
  const rows = matrix.rows.map(({ scenario, cells }, row) =>
    rowOf(scenario, cells, (cell, column) => {
      const record = columns[column]?.records.get(scenario)
      if (record === undefined) return null
      const id = `c${row}-${column}`
      packed.push({
        html: `<script type="application/octet-stream" id="${id}">${packDetails(record, cell, source.consoleOf(record))}</script>\n`,
      })
      return { id, title: `${scenario} on ${matrix.kernels[column]?.name ?? ''}: ${cell.verdict}` }
    }),
  )
  const { pass, fail, skip, error } = countVerdicts(records)
  const counts = `${pass} pass, ${fail} fail, ${skip} skip, ${error} error`
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src '${digest(style)}'; script-src '${digest(script)}'; base-uri 'none'; form-action 'none'"
        />
        <title>guise: ${counts}</title>
        ${element('style', style)}
      </head>
      <body>
        <main>
          <h1>guise: ${counts}</h1>
          ${missing.map(each => markup`<p><strong>Not whole:</strong> ${each}</p>`)}
          <p class="faint">
            ${counted(matrix.rows.length, 'scenario')} on
            ${counted(matrix.kernels.length, 'kernel')}; QEMU ${formatQemus(qemusOf(records))}
          </p>
          <ul>
            ${matrix.kernels.map(kernel => markup`<li><code>${kernel.name}</code>: <code>${kernel.banner}</code></li>`)}
          </ul>
          <h2 id="matrix">Scenarios by kernels</h2>
          ${filterForm}
          <div class="scroll" tabindex="0" role="region" aria-labelledby="matrix">
            <table>
              <caption>
                &ldquo;=&rdquo; is what the kernel before came to, &ldquo;&ne;&rdquo; differs from it. A cell opens what there
                is to say of its guest.
              </caption>
              <thead>
                <tr>
                  <th scope="col">scenario</th>
                  ${matrix.kernels.map(({ name }) => markup`<th scope="col">${name}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>
          ${changeList(matrix)} ${clocksourceTable(columns)} ${leafMap(records)}
          ${bootCostPlot(columns)}
        </main>
        <dialog id="cell" aria-labelledby="cell-title">
          <header>
            <h2 id="cell-title"></h2>
            <button id="close" type="button">Close</button>
          </header>
          <div id="parts"></div>
        </dialog>
        ${packed}
        ${element('script', script)}
      </body>
    </html> `
  return page.html.trim() + '\n'
}

/** The page's own style or script, byte by byte as its digest is of. */
function element(name: 'style' | 'script', content: string): Html {
  return { html: `<${name}>${content}</${name}>` }
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
