import pc from 'picocolors'
import { shellQuote } from '../launch/shell-quote.js'
import { printable } from './printable.js'
import type { GuiseRecord } from './record-schema.js'
import type { RecordDetails, Reporter } from './reporter.js'
import { countVerdicts, rerunLines, summarise } from './summary.js'

type Colours = ReturnType<typeof pc.createColors>

/** What a person reads: one line for each record, and all that helps where one did not pass. */
export function textReporter(colour: boolean, nameWidth: number): Reporter {
  const colours = pc.createColors(colour)
  let planned = 0
  let several = false
  let kernelBefore = ''
  return {
    begin: ({ kernels, qemuVersion, accelerator, output, total }) => {
      planned = total
      several = kernels.length > 1
      return [
        ...kernels.map(kernel => `kernel  ${kernel}`),
        `QEMU    ${qemuVersion}, ${accelerator}`,
        `output  ${output}`,
      ]
        .map(line => `${colours.dim(printable(line))}\n`)
        .join('')
    },
    record: (record, details) => {
      const { version, release } = record.kernel
      const heading = several && release !== kernelBefore ? `\n${version} (${release})\n` : ''
      kernelBefore = release
      const seconds =
        record.timing === null
          ? ''
          : ` ${(record.timing.total / 1000).toFixed(1)} s, ${record.accel}`
      const name = record.scenario.padEnd(nameWidth)
      const line = `${heading}${paintVerdict(record.verdict, colours)}  ${name}  ${printable(summarise(record))}${colours.dim(seconds)}\n`
      if (record.verdict === 'fail' || record.verdict === 'error') {
        return line + explainTrouble(record, details, colours)
      }
      return line
    },
    end: records => {
      const { pass, fail, skip, error } = countVerdicts(records)
      const missing = planned - records.length
      const cut = missing > 0 ? `; ${missing} did not run` : ''
      const reruns = rerunLines(records).map(line => `${printable(line)}\n`)
      return `${reruns.join('')}${pass} pass, ${fail} fail, ${skip} skip, ${error} error${cut}\n`
    },
  }
}

function paintVerdict(verdict: GuiseRecord['verdict'], colours: Colours): string {
  const word = verdict.padEnd(5)
  switch (verdict) {
    case 'pass':
      return colours.green(word)
    case 'skip':
      return colours.yellow(word)
    default:
      return colours.red(word)
  }
}

function explainTrouble(record: GuiseRecord, details: RecordDetails, colours: Colours): string {
  const { why, console, qemu } = record
  const lines = [
    ...why.map(printable),
    ...(details.consoleTail.length > 0 ? ['the end of the console:'] : []),
    ...details.consoleTail.map(line => colours.dim(`| ${line}`)),
    ...(console === null ? [] : [`console: ${console}`]),
    ...(qemu.argv.length === 0 ? [] : [`command: ${shellQuote(qemu.argv)}`]),
    `to try:  ${advice(record)}`,
  ]
  return lines.map(line => `       ${line}\n`).join('')
}

/** What a person may do next about a record that did not pass. */
function advice(record: GuiseRecord): string {
  const again = `guise run ${record.scenario} --kernel ${record.kernel.spec} --accel ${record.accel}`
  if (record.applied === false) {
    return '`guise dump` shows the CPUID that the guest gets; a leaf that this accelerator computes itself can’t be asked for'
  }
  switch (record.outcome) {
    case 'qemu-failed':
      return `\`guise doctor\`, then \`${again} --dry-run\` and the command that it prints, by hand`
    case 'kvm-error':
      return `\`${again.replace(/--accel \w+/, '--accel tcg')}\`; KVM gave the guest up, the kernel may be sound`
    case 'timeout':
    case 'hang':
    case 'firmware-hang':
      return `\`${again} --timeout ${Math.ceil(((record.timing?.total ?? 0) * 3) / 1000)}\` where the machine may be slow`
    default:
      return `\`${again} --dry-run\` prints the command to watch this guest by hand`
  }
}
