/**
 * The command of a child that dies when guise does, however that ends: the kernel kills it with the thread that started it
 * (prctl(2), PR_SET_PDEATHSIG). For execa: `execa(...withGuise('make', ['all']), options)`. What is not there ends with 127.
 */
export function withGuise(command: string, args: readonly string[]): [string, string[]] {
  return ['setpriv', ['--pdeathsig', 'KILL', command, ...args]]
}
