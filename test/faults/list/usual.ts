/** All guests of a run. */
export const all = ['first', 'struck', 'last'] as const

/** Those that are finished when the fault strikes. */
export const finished = ['first'] as const

/** A guest to which nothing has happened. */
export const reported = { verdict: 'pass', outcome: 'reported' } as const

/** A guest that its QEMU has failed. */
export const qemuFailed = { verdict: 'error', outcome: 'qemu-failed' } as const
