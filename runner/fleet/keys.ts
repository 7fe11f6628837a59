/** What all keys of guise begin with on a queue's server; BullMQ puts it before those of its queues. */
export const prefix = 'guise'

/** The names of what lies on a queue's server beside BullMQ's own. */
export const keys = {
  /** Which classes of guests are asked for, of one version of guise: a set of demands. */
  demands: (guise: string) => `${prefix}:${guise}:demands`,
  /** The ids of workers, those that are gone among them. */
  workers: `${prefix}:workers`,
  /** What a worker says of itself; gone soon after the worker. */
  worker: (id: string) => `${prefix}:worker:${id}`,
  /** There as long as a run waits for its guests. */
  run: (id: string) => `${prefix}:run:${id}`,
  /** What happens to the guests of a run: a channel. */
  news: (id: string) => `${prefix}:news:${id}`,
  /** How large a blob is. */
  blob: (sha256: string) => `${prefix}:blob:${sha256}`,
  /** A part of a blob, counted from 0. */
  chunk: (sha256: string, index: number) => `${prefix}:blob:${sha256}:${index}`,
} as const
