/**
 * The rows of /proc/interrupts: by name those that the architecture knows (`LOC`, `HYP`; arch_show_interrupts() in
 * arch/x86/kernel/irq.c), by their text those of devices (`IO-APIC 4-edge ttyS0`), whose numbers mean nothing.
 */
export function interruptRows(text: string): string[] {
  const [heading = '', ...rows] = text.split('\n').filter(line => line.trim() !== '')
  const cpus = heading.split(/\s+/).filter(word => /^CPU\d+$/.test(word)).length
  return rows.flatMap(row => {
    const [, name, rest = ''] = /^\s*(\w+):(.*)$/.exec(row) ?? []
    if (name === undefined) return []
    if (!/^\d+$/.test(name)) return [name]
    const words = rest.trim().split(/\s+/).slice(cpus)
    return words.length === 0 ? [] : [words.join(' ')]
  })
}
