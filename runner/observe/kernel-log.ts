// printk's time, and the caller that CONFIG_PRINTK_CALLER puts behind it.
const prefix = /^\[\s*\d+\.\d{6}\](?:\[\s*[TC]\d+\])? ?/

/**
 * The kernel's log out of a console: without times, without what the firmware and init wrote. A line that the kernel
 * prints past printk (`PANIC: early exception …`) counts as one.
 *
 * @param console - the raw console, Latin-1
 */
export function logFromConsole(console: string): string[] {
  return Buffer.from(console, 'latin1')
    .toString('utf8')
    .split('\n')
    .map(line => line.replaceAll('\r', ''))
    .filter(line => prefix.test(line) || line.startsWith('PANIC: '))
    .map(withoutTime)
}

/** A line of a console without printk's time. */
export function withoutTime(line: string): string {
  return line.replace(prefix, '')
}
