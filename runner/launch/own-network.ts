import { execa } from 'execa'
import * as z from 'zod'
import { confineProgram } from '../paths.js'

const meansSchema = z.enum(['root', 'user-namespace'])

/** How a process gets an empty network of its own (network_namespaces(7)): as root, or by way of a user name space. */
export type NetworkMeans = z.infer<typeof meansSchema>

/** What this machine lets guise do (runner/native/confine.c); null where that is nothing. */
export async function networkMeans(): Promise<NetworkMeans | null> {
  const { stdout } = await execa(confineProgram, { reject: false, timeout: 5_000 })
  return meansSchema.safeParse(stdout).data ?? null
}
