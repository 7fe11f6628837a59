import type { CpuDump, RegisterName } from '../cpuid/leaf.js'

/** A feature that a CPU property asks for and that the guest does not have. */
export interface MissingFeature {
  /** As the scenario has it, such as `pcid`. */
  readonly property: string
  /** QEMU's own line. */
  readonly said: string
}

/**
 * The features that a scenario's CPU properties ask for, that QEMU says its accelerator lacks, and that the guest has not got by the
 * table either. QEMU's warning itself names leaf, register and bit (feature_word_description() in target/i386/cpu.c); a model's own
 * features of which it says that, nobody asked for.
 *
 * @param stderr - what QEMU said
 * @param dumps - what the guest saw; none where it did not report
 */
export function missingFeatures(
  properties: Readonly<Record<string, unknown>>,
  stderr: string,
  dumps: readonly CpuDump[],
): MissingFeature[] {
  const asked = new Map(
    Object.entries(properties)
      .filter(([, value]) => value === true || value === 'on')
      .map(([property]) => [canonical(property), property]),
  )
  const missing = new Map<string, MissingFeature>()
  for (const line of stderr.split(/\r?\n/)) {
    const warning = warningLine.exec(line)?.groups
    const property = asked.get(canonical(warning?.name ?? ''))
    if (warning === undefined || property === undefined || isThere(warning, dumps)) continue
    missing.set(property, { property, said: line.replace(/^.*?warning: /, '') })
  }
  return [...missing.values()]
}

const warningLine =
  /doesn't support requested feature: (?:CPUID\.(?<leaf>[\dA-F]+)H:(?<register>E[ABCD]X)|MSR\([\dA-F]+H\))\.(?<name>[\w.-]+) \[bit (?<bit>\d+)\]/

/** QEMU's other spellings of the same property (x86_cpu_initfn() in target/i386/cpu.c); `_` and `.` stand for `-` as well. */
const aliases: Readonly<Record<string, string>> = {
  sse3: 'pni',
  pclmuldq: 'pclmulqdq',
  xd: 'nx',
  ffxsr: 'fxsr-opt',
  i64: 'lm',
}

function canonical(name: string): string {
  const dashed = name.toLowerCase().replaceAll(/[_.]/g, '-')
  return aliases[dashed] ?? dashed
}

/** Whether every vCPU shows the bit all the same, since the table sets it. A warning of an MSR says nothing that CPUID could show. */
function isThere(
  { leaf, register, bit }: Record<string, string | undefined>,
  dumps: readonly CpuDump[],
): boolean {
  if (leaf === undefined || register === undefined || dumps.length === 0) return false
  const name = register.toLowerCase() as RegisterName
  return dumps.every(({ leaves }) =>
    leaves.some(
      value =>
        value.leaf === Number.parseInt(leaf, 16) &&
        value.subleaf === subleafOf(value.leaf, name) &&
        ((value.registers[name] >>> Number(bit)) & 1) === 1,
    ),
  )
}

/** The subleaf that a warning means but does not tell: EAX of 7 and 0xd has features in subleaf 1 alone. */
function subleafOf(leaf: number, register: RegisterName): number {
  return register === 'eax' && (leaf === 7 || leaf === 0xd) ? 1 : 0
}

/** One line for a missing feature. */
export function formatMissing({ property, said }: MissingFeature): string {
  return `the CPU property ${property} was asked for, and the guest does not have it: ${said}`
}
