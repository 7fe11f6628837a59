import { stringify } from 'yaml'
import { printable } from './printable.js'
import type { GuiseRecord } from './record-schema.js'
import type { RecordDetails, Reporter } from './reporter.js'
import { countVerdicts, rerunLines, summarise } from './summary.js'

/** TAP version 14 (testanything.org): a test point for each record, with a YAML block where it did not pass. */
export function tapReporter(): Reporter {
  let number = 0
  let planned = 0
  return {
    begin: ({ total, kernels, qemuVersion }) => {
      planned = total
      const comments = [...kernels, `QEMU ${qemuVersion}`].map(line => `# ${printable(line)}\n`)
      return `TAP version 14\n1..${total}\n${comments.join('')}`
    },
    record: (record, details) => {
      number += 1
      const status = record.verdict === 'pass' || record.verdict === 'skip' ? 'ok' : 'not ok'
      const name = escapeText(`${record.scenario} on ${record.kernel.version}, ${record.accel}`)
      const directive =
        record.verdict === 'skip' ? ` # SKIP ${escapeText(record.why[0] ?? '')}` : ''
      const point = `${status} ${number} - ${name}${directive}\n`
      return status === 'ok' ? point : point + diagnostics(record, details)
    },
    end: records => {
      const { pass, fail, skip, error } = countVerdicts(records)
      const cut = records.length < planned ? 'Bail out! The run was cut short.\n' : ''
      const reruns = rerunLines(records).map(line => `# ${printable(line)}\n`)
      return `${reruns.join('')}# ${pass} pass, ${fail} fail, ${skip} skip, ${error} error\n${cut}`
    },
  }
}

function diagnostics(record: GuiseRecord, { consoleTail }: RecordDetails): string {
  const block = stringify({
    severity: record.verdict,
    message: record.why.map(printable).join('; '),
    summary: printable(summarise(record)),
    console: record.console,
    consoleTail,
  })
  return ['---', ...block.trimEnd().split('\n'), '...'].map(line => `  ${line}\n`).join('')
}

/** TAP 14 escapes `\` and `#` in a description; what is unprintable is spelled out first. */
function escapeText(text: string): string {
  return printable(text).replace(/[\\#]/g, '\\$&')
}
