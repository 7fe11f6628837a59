import { type Command, InvalidArgumentError, Option } from 'commander'
import { accelerators } from '../plan/accelerator.js'
import type { Shard } from '../run/shard.js'
import { clocks } from '../plan/clock.js'

/** What `--kernel` takes. */
export const kernelSpec =
  'a bzImage, vmlinux, build or source tree, .deb or debian:SUITE|VERSION (default: debian:bookworm)'

/** What `--queue` takes. */
export const queueUrl =
  'a Valkey or Redis server, redis://[USER:PASSWORD@]HOST[:PORT][/DB] or rediss:// for TLS (default: of GUISE_QUEUE)'

/**
 * The options of what a guest runs in.
 *
 * @param usualClock - what it takes for time where nothing is asked for
 */
export function withMachineOptions(
  command: Command,
  usualClock = 'virtual where it serves',
): Command {
  return command
    .addOption(
      new Option('--accel <accelerator>', 'what runs the guests')
        .choices(['auto', ...accelerators])
        .default('auto'),
    )
    .option(
      '--qemu <path>',
      'a QEMU binary, or debian:SUITE, for all guests (default: the one in PATH, and a suite’s for what that does not serve)',
    )
    .option('--allow-host-files', 'lets scenarios give guests files and devices of this machine')
    .option('--full-console', 'the whole kernel log on the console, also where KVM makes that slow')
    .addOption(
      new Option(
        '--clock <clock>',
        `what the guests take for time (default: ${usualClock})`,
      ).choices(clocks),
    )
}

/** The options of every command that boots guests to run them. */
export function withGuestOptions(command: Command): Command {
  return withMachineOptions(
    command.option('--kernel <spec>', `${kernelSpec}; may be repeated`, collect),
  )
    .option(
      '--jobs <n>',
      'how many guests run at a time (default: one for each CPU, fewer if memory or CPU time is short)',
      positive,
    )
    .option(
      '--output <folder>',
      'where records and consoles are kept (default: under XDG_STATE_HOME)',
    )
    .option(
      '--timeout <seconds>',
      'the total deadline of a guest (default: by accelerator)',
      positive,
    )
    .addOption(
      new Option('--channel <channel>', "forces the guest's report channel").choices([
        'shared-memory',
        'serial',
      ]),
    )
}

/** The option of every command that takes words for scenarios, beside them. */
export function withFilter(command: Command): Command {
  return command.option(
    '--filter <expression>',
    "only those for which it holds: name, group, hypervisor (expected), offers (shown) and fidelity with =, != or ~ (a glob or a /regex/), joined by and, or, not, e.g. 'offers = kvm and not group = mix'",
  )
}

/** Gathers what an option is given that may be repeated. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/**
 * Reads a whole number from 1.
 *
 * @throws InvalidArgumentError of commander's for anything else
 */
export function positive(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`expected a whole number from 1, got \`${text}\``)
  }
  return value
}

/**
 * Reads a whole number from 0.
 *
 * @throws InvalidArgumentError of commander's for anything else
 */
export function wholeNumber(text: string): number {
  return text === '0' ? 0 : positive(text)
}

/**
 * Reads which part of how many is meant: `2/3`.
 *
 * @throws InvalidArgumentError of commander's for anything else
 */
export function shard(text: string): Shard {
  const found = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text)
  const [index, count] = [Number(found?.[1]), Number(found?.[2])]
  if (found === null || index > count) {
    throw new InvalidArgumentError(`expected a part of how many, such as 2/3, got \`${text}\``)
  }
  return { index, count }
}
