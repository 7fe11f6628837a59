/** A number of things in words: `1 kernel`, `2 kernels`, `0 kernels`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}
