import { execa } from 'execa'
import * as z from 'zod'
import { confineProgram } from '../paths.js'

const networkSchema = z.enum(['root', 'user-namespace'])

/** How a process gets an empty network of its own (network_namespaces(7)): as root, or by way of a user name space. */
export type NetworkMeans = z.infer<typeof networkSchema>

/** What this machine lets guise do to confine a QEMU (runner/native/confine.c). */
export interface ConfinementMeans {
  /** Null where QEMU has this machine's network. */
  readonly network: NetworkMeans | null
  /** Whether a QEMU of guise's may become nobody: where guise is root, and not in a name space that has no such user. */
  readonly nobody: boolean
}

/** Asks what this machine lets guise do. */
export async function confinementMeans(): Promise<ConfinementMeans> {
  const { stdout } = await execa(confineProgram, { reject: false, timeout: 5_000 })
  const [network, nobody] = stdout.split(' ')
  return { network: networkSchema.safeParse(network).data ?? null, nobody: nobody === 'nobody' }
}
