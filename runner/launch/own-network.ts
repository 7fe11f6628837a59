import { execaSync } from 'execa'

/** How a process gets an empty network of its own (network_namespaces(7)): as root, or by way of a user name space. */
export type NetworkMeans = 'root' | 'user-namespace'

const commands: Record<NetworkMeans, readonly string[]> = {
  root: ['unshare', '--net'],
  // unshare(1): whoever has no privilege gets it in a user name space, where the machine lets him make one. He stays who he is.
  'user-namespace': ['unshare', '--user', '--map-current-user', '--net'],
}

let found: NetworkMeans | null | undefined

/**
 * What this machine lets guise do; null where that is nothing. Tried once in a process, in a few milliseconds, and not remembered: it
 * is another in each container.
 */
export function networkMeans(): NetworkMeans | null {
  if (found === undefined) found = (['root', 'user-namespace'] as const).find(works) ?? null
  return found
}

/** The words in front of a command that is to have an empty network of its own; none where this machine does not let guise. */
export function ownNetwork(): readonly string[] {
  const means = networkMeans()
  return means === null ? [] : commands[means]
}

function works(means: NetworkMeans): boolean {
  const [program = '', ...words] = commands[means]
  return !execaSync(program, [...words, 'true'], { reject: false, timeout: 5_000 }).failed
}
