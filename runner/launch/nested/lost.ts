import { EnvironmentError } from '../../errors.js'

/**
 * The nested host died or stopped answering, and all that ran in it is gone: no fault of the guest's, nor of the plan's.
 * Whoever has the guest's plan starts a host anew and runs it again.
 */
export class NestedHostLostError extends Error {
  override readonly name = 'NestedHostLostError'
  /** Whether its QEMU was ended or stopped by somebody, or ended as if it had nothing left to do: the next may fare better. */
  readonly byChance: boolean

  constructor(message: string, { byChance = false }: { byChance?: boolean } = {}) {
    super(message)
    this.byChance = byChance
  }
}

/** This machine can't make the nested host, or can't start it: what needs it can't be run here. */
export class NestedHostUnavailableError extends EnvironmentError {}
