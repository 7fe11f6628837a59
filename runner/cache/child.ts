/**
 * The command of a child that dies when guise does, however that ends: the kernel kills it with the thread that started it
 * (prctl(2), PR_SET_PDEATHSIG). For execa: `execa(...withGuise('make', ['all']), options)`. What is not there ends with 127.
 *
 * A child's own children are not killed. Where several of them write what others may not see half done, they inherit the lock
 * on it: see {@link inheriting}.
 */
export function withGuise(command: string, args: readonly string[]): [string, string[]] {
  return ['setpriv', ['--pdeathsig', 'KILL', command, ...args]]
}

/** The `stdio` of a child that keeps a lock for as long as it, or a child of its own, is there: as its descriptor 3. */
export function inheriting<Input extends 'ignore' | 'pipe'>(
  stdin: Input,
  held: { readonly fd: number } | undefined,
): [Input, 'pipe', 'pipe'] {
  const usual: [Input, 'pipe', 'pipe'] = [stdin, 'pipe', 'pipe']
  // Node takes a descriptor there, and execa hands it on; its types know of none.
  return held === undefined ? usual : ([...usual, held.fd] as unknown as typeof usual)
}
