import { guiseVersion } from '../version.js'
import type { GuiseRecord } from '../record/schema.js'
import { formatJson } from '../terminal/json.js'
import { printable } from '../terminal/printable.js'
import { rerunCommand } from './guise-command.js'
import { type NotRun, type Reporter, whyMissing } from './reporter.js'
import { summarise } from './summary.js'
import { troubleLines } from './trouble-lines.js'
import {
  byKernel,
  type KernelResults,
  type Result,
  wholeReporter,
  type WholeRun,
} from './whole-reporter.js'

/** Who submits, and what is tested, as KernelCI's database knows it. */
export interface KcidbOptions {
  /** The CI system's name there: lower-case letters, digits, `_`. */
  readonly origin: string
  /** The id of a build that is there already, `ORIGIN:ID`; null: each kernel of the run is a build of its own. */
  readonly build: string | null
}

/** What a record's verdict is to KernelCI: its database tells a kernel's failure, the test's and the harness's apart. */
export type KcidbStatus = 'FAIL' | 'ERROR' | 'MISS' | 'PASS' | 'SKIP'

// Of the schema: a longer one is refused.
const longestExcerpt = 16_384

/**
 * A run as KernelCI's database takes it: the I/O schema v5.3 (kcidb_io/schema/v05_03.py of kcidb-io), in the shape that `kci-dev submit build
 * --from-json` sends.
 */
export function kcidbReporter(options: KcidbOptions = { origin: 'guise', build: null }): Reporter {
  return wholeReporter(run => `${formatJson(kcidbOf(run, options), 1)}\n`)
}

function kcidbOf(run: WholeRun, options: KcidbOptions): object {
  const kernels = byKernel(run)
  const named = options.build === null ? kernels : []
  // Two runs of one kernel are of one build.
  const distinct = [...new Map(named.map(each => [each.kernel.sha256, each])).values()]
  return {
    version: { major: 5, minor: 3 },
    checkouts: distinct.map(each => checkoutOf(each, options)),
    builds: distinct.map(each => buildOf(each, options)),
    tests: kernels.flatMap(kernel => [
      ...kernel.results.map(result => testOf(result, run, options)),
      ...kernel.notRun.map(each => notRunOf(each, 'not run, for --fail-fast', options)),
      ...kernel.lost.map(each => notRunOf(each, `no record: ${whyMissing(run.heading)}`, options)),
      ...wholeOf(kernel, run, options),
    ]),
  }
}

/** A kernel that guise was given has no repository that it knows of. */
function checkoutOf({ kernel, results }: KernelResults, { origin }: KcidbOptions): object {
  return {
    id: idOf(origin, kernel.sha256),
    origin,
    comment: printable(
      `Linux ${kernel.version}: ${results[0]?.record.kernel.banner ?? kernel.release}`,
    ),
    valid: true,
  }
}

function buildOf({ kernel, results }: KernelResults, { origin }: KcidbOptions): object {
  return {
    id: idOf(origin, kernel.sha256),
    checkout_id: idOf(origin, kernel.sha256),
    origin,
    architecture: 'x86_64',
    comment: printable(`${kernel.version} (${kernel.release})`),
    status: 'PASS',
    misc: { sha256: kernel.sha256, kernel: printable(results[0]?.record.kernel.spec ?? '') },
  }
}

function testOf({ record, details }: Result, { heading }: WholeRun, options: KcidbOptions): object {
  const status = kcidbStatus(record)
  const { timing, qemu, accel, fidelity, clock = null, fingerprint } = record
  const rerun = rerunCommand(record)
  const excerpt = status === 'FAIL' || status === 'ERROR' || status === 'MISS'
  const text = [...troubleLines(record, details), ...details.consoleTail].map(printable)
  return {
    ...testHead(record.scenario, record.run, record.kernel.sha256, options),
    status,
    comment: printable(summarise(record)),
    ...(heading.started === null ? {} : { start_time: heading.started.toISOString() }),
    ...(timing === null ? {} : { duration: timing.total / 1000 }),
    environment: {
      comment: printable(`QEMU ${qemu.version}, ${accel}`),
      misc: {
        qemu: printable(qemu.version),
        accelerator: accel,
        fidelity,
        ...(clock === null ? {} : { clock }),
        host_kernel: printable(fingerprint.host.kernel),
        host_cpu: printable(fingerprint.host.cpu),
      },
    },
    ...(excerpt ? { log_excerpt: text.join('\n').slice(-longestExcerpt) } : {}),
    misc: {
      guise: guiseVersion(),
      verdict: record.verdict,
      outcome: record.outcome ?? 'not started',
      why: record.why.map(printable),
      detected: printable(record.identity.hypervisor ?? 'none'),
      ...(rerun === null ? {} : { command: printable(rerun) }),
    },
  }
}

function notRunOf({ scenario, run, kernel }: NotRun, why: string, options: KcidbOptions): object {
  return {
    ...testHead(scenario, run, kernel.sha256, options),
    status: 'MISS',
    comment: printable(why),
  }
}

/** Of all the tests of a kernel: a run that lacks guests whose names are not known says so. */
function wholeOf(kernel: KernelResults, run: WholeRun, options: KcidbOptions): object[] {
  if (run.missing <= run.lost.length || kernel.kernel.sha256 !== lastKernel(run)) return []
  return [
    {
      ...testHead(null, kernel.run, kernel.kernel.sha256, options),
      status: 'MISS',
      comment: printable(
        `${whyMissing(run.heading)}: ${run.missing} of ${run.heading.total} guests have no record`,
      ),
    },
  ]
}

function lastKernel({ results, lost }: WholeRun): string | undefined {
  return (lost.at(-1) ?? results.at(-1)?.record)?.kernel.sha256
}

function testHead(
  scenario: string | null,
  run: string,
  sha256: string,
  { origin, build }: KcidbOptions,
): object {
  return {
    id: idOf(
      origin,
      [run, sha256.slice(0, 12), ...(scenario === null ? [] : [scenario])].join('/'),
    ),
    build_id: build ?? idOf(origin, sha256),
    origin,
    path: scenario === null ? 'guise' : `guise.${scenario}`,
  }
}

function idOf(origin: string, id: string): string {
  return `${origin}:${id}`
}

/**
 * FAIL: the kernel did not do what is expected. SKIP: the scenario is not for this kernel or machine. ERROR: the guest ran, and nothing can be
 * said of it. MISS: no guest ran as it was asked for, by the fault of QEMU, KVM, the firmware or the machine.
 */
export function kcidbStatus({ verdict, outcome, applied, load }: GuiseRecord): KcidbStatus {
  switch (verdict) {
    case 'pass':
      return 'PASS'
    case 'fail':
      return 'FAIL'
    case 'skip':
      return 'SKIP'
    case 'error': {
      const harness = ['qemu-failed', 'kvm-error', 'firmware-hang']
      const isHarness = outcome === null || harness.includes(outcome) || applied === false
      return isHarness || load?.starved === true ? 'MISS' : 'ERROR'
    }
  }
}
