/** How large a terminal is, in characters. */
export interface WindowSize {
  readonly rows: number
  readonly columns: number
}

/** A terminal that says how large it is, and when that changes. */
export interface SizedStream {
  readonly rows?: number
  readonly columns?: number
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

/** The size of a terminal; null where it was never given one. */
export function windowSize({ rows = 0, columns = 0 }: Partial<WindowSize>): WindowSize | null {
  return rows > 0 && columns > 0 ? { rows, columns } : null
}
