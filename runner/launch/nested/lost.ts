import { EnvironmentError } from '../../errors.js'

/**
 * The nested host died or stopped answering, and all that ran in it is gone: no fault of the guest's, nor of the plan's.
 * Whoever has the guest's plan starts a host anew and runs it again.
 */
export class NestedHostLostError extends Error {
  override readonly name = 'NestedHostLostError'
}

/** This machine can't make the nested host, or can't start it: what needs it can't be run here. */
export class NestedHostUnavailableError extends EnvironmentError {}
