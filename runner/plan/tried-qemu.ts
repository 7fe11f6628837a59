/** A QEMU that was to be taken in place of this machine's and was not: it could not be had, or its version does not serve either. */
export type TriedQemu =
  | { readonly spec: string; readonly trouble: string }
  | { readonly spec: string; readonly version: string }

/** `debian:trixie’s is 10.0.13`. */
export function formatTried(tried: TriedQemu): string {
  return 'trouble' in tried
    ? `${tried.spec}’s can’t be had: ${tried.trouble}`
    : `${tried.spec}’s is ${tried.version}`
}
