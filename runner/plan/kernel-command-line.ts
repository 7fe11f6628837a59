import type { Scenario } from '../scenario/scenario.js'

// None of these changes what the kernel detects or which clock it takes. `earlyprintk` shows a death that comes before
// the console's driver does; `panic=-1` resets at once, which `-no-reboot` turns into QEMU's end. Without the self-tests of its ciphers
// (crypto/testmgr.c) a stock kernel comes to init with 38 % of the instructions (6.1) or 24 % (5.10).
const always = [
  'console=ttyS0',
  'earlyprintk=ttyS0,115200',
  'printk.time=1',
  'panic=-1',
  'oops=panic',
  'cryptomgr.notests',
]

/**
 * How much of its log a kernel writes to the console. Under KVM each byte is an exit, and a whole log takes seconds in the
 * nested host; the log comes out with the report all the same. `quiet` still has errors and what a kernel says as it dies.
 */
export type ConsoleVerbosity = 'full' | 'quiet'

// `loglevel=8` overrides a kernel built to be quiet.
const parameters: Record<ConsoleVerbosity, string> = { full: 'loglevel=8', quiet: 'quiet' }

/**
 * The kernel command line of a guest: what guise always gives, then what its init is told (guest/PROTOCOL.md), then what the scenario
 * asks for.
 *
 * @param more - what is asked for beyond the scenario
 */
export function kernelCommandLine(
  { drive, kernel }: Pick<Scenario, 'drive' | 'kernel'>,
  verbosity: ConsoleVerbosity,
  more: readonly string[] = [],
): string {
  const driven = drive.map(device => `guise.drive=${device}`)
  return [...always, parameters[verbosity], ...driven, ...kernel.cmdline, ...more].join(' ')
}
