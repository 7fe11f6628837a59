/** What /proc/cpuinfo says of one CPU, by its own names. */
export type CpuInfo = ReadonlyMap<string, string>

/**
 * Reads /proc/cpuinfo as the guest sends it: CPUs after the first have the lines alone that the first has not (guest/cpus.c).
 *
 * @returns each CPU with all its fields, by its number
 */
export function parseCpuinfo(text: string): Map<number, CpuInfo> {
  const cpus = new Map<number, CpuInfo>()
  let first: CpuInfo = new Map()
  for (const block of text.split('\n\n')) {
    const fields = new Map(
      Array.from(
        // A vendor may begin and end with blanks: `  Shanghai  `.
        block.matchAll(/^([^\t:\n]+?)\s*:(?: (.*))?$/gm),
        ([, name = '', value = '']) => [name, value],
      ),
    )
    const number = wholeNumber(fields.get('processor'))
    if (number === null) continue
    if (cpus.size === 0) first = fields
    cpus.set(number, new Map([...first, ...fields]))
  }
  return cpus
}

/** A decimal number of the kernel's; null of anything else. */
export function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null
}

/** Words between white space, sorted. */
export function sortedWords(text: string | undefined): string[] {
  return (text ?? '')
    .split(/\s+/)
    .filter(word => word !== '')
    .sort()
}
