import { execa } from 'execa'
import { closeSync, constants, openSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { overrideObject, packageRoot } from '../../runner/paths.js'
import { temporaryFolder } from '../../runner/temporary-folder.js'

/** The status that QEMU ends with when the tiny guest has printed its whole list (guest/tiny/README.md). */
export const statusDone = 67

/** The status that QEMU ends with when the override refuses. */
export const statusRefused = 78

/** How to run the tiny guest. */
export interface TinyRun {
  readonly accel: 'tcg' | 'kvm'
  /** The leaves to ask, as guest/tiny/README.md writes them: `40000000` or `d.1`. */
  readonly leaves: readonly string[]
  /** The lines of the table after its first, which defaults to one for `accel`; no table and no object if missing. */
  readonly table?: readonly string[]
  /** The mechanism that the table's first line names, where it is not `accel`. */
  readonly mechanism?: 'tcg' | 'kvm'
  readonly cpu?: string
  /** QEMU's machine type; microvm, which has another firmware than the machines that Linux guests run on. */
  readonly machine?: string
  /** Words to put before QEMU's own, such as `setpriv --pdeathsig KILL`. */
  readonly wrapper?: readonly string[]
  /** Variables for QEMU's environment beside those for the table. */
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** What became of the run. */
export interface TinyResult {
  readonly status: number | undefined
  readonly stdout: string
  readonly stderr: string
  /** For each leaf asked, EAX, EBX, ECX and EDX in hexadecimal with one space between. */
  readonly answers: ReadonlyMap<string, string>
}

/** Why a test of KVM cannot run here, or false. */
export const kvmSkip = whyNoKvm()

/** Brings override.so and tiny.elf up to date; safe where several test files do it at once. */
export async function buildNative(): Promise<void> {
  await execa('make', ['-s', '-C', join(packageRoot, 'runner', 'native')])
  await execa('make', ['-s', '-C', join(packageRoot, 'guest', 'tiny')])
}

/** Boots the tiny guest and reads its answers. */
export async function runTiny(run: TinyRun): Promise<TinyResult> {
  await using folder = await temporaryFolder('tiny')
  const table = join(folder.path, 'table')
  const override = run.table && { LD_PRELOAD: overrideObject, GUISE_CPUID_TABLE: table }
  if (run.table) {
    const lines = [`guise-cpuid 2 ${run.mechanism ?? run.accel}`, ...run.table]
    await writeFile(table, `${lines.join('\n')}\n`)
  }
  const variables = Object.entries({ ...run.env, ...override }).map(
    ([name, value]) => `${name}=${value}`,
  )
  const command = [...(run.wrapper ?? []), 'qemu-system-x86_64', ...qemuArguments(run)]
  const result = await execa('env', [...variables, ...command], {
    reject: false,
    timeout: 30_000,
    forceKillAfterDelay: 1_000,
  })
  return {
    status: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    answers: parseAnswers(run.leaves, result.stdout),
  }
}

function qemuArguments(run: TinyRun): string[] {
  return [
    ...[
      '-M',
      run.machine ?? 'microvm',
      '-accel',
      run.accel,
      '-cpu',
      run.cpu ?? 'qemu64',
      '-m',
      '32',
    ],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-chardev', 'stdio,id=out', '-device', 'isa-debugcon,chardev=out,iobase=0xe9'],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ...['-kernel', join(packageRoot, 'dist', 'guest', 'tiny.elf')],
    ...['-append', `cpuid=${run.leaves.join(',')}`, ...(run.args ?? [])],
  ]
}

function parseAnswers(leaves: readonly string[], output: string): Map<string, string> {
  const registers = new Map<string, string>()
  for (const line of output.split('\n')) {
    const match =
      /^(?<leaf>[\da-f]{8}) (?<subleaf>[\da-f]{8}) (?<values>(?:[\da-f]{8} ?){4})$/.exec(line)
    if (match?.groups) {
      const { leaf = '', subleaf = '', values = '' } = match.groups
      registers.set(`${leaf}.${subleaf}`, values)
    }
  }
  const answers = new Map<string, string>()
  for (const name of leaves) {
    const [leaf = '', subleaf = '0'] = name.split('.')
    const values = registers.get(`${leaf.padStart(8, '0')}.${subleaf.padStart(8, '0')}`)
    if (values !== undefined) answers.set(name, values)
  }
  return answers
}

function whyNoKvm(): string | false {
  try {
    closeSync(openSync('/dev/kvm', constants.O_RDWR))
    return false
  } catch (error) {
    return `/dev/kvm does not open read-write: ${(error as Error).message}`
  }
}
