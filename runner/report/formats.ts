import type { KcidbOptions } from './kcidb.js'
import type { Reporter } from './reporter.js'

/** What a format may be told of where its text goes. */
export interface FormatContext {
  /** Whether stdout shows colours. */
  readonly colour: boolean
  /** The columns of a terminal; null where stdout is none. */
  readonly width: number | null
  /** The length of the longest scenario's name. */
  readonly nameWidth: number
  /** Where it is asked for. */
  readonly kcidb?: KcidbOptions
}

/** Every format of `guise run` and `guise report`. Each is loaded when it is asked for: what writes YAML takes longer to load than all the others. */
const reporters = {
  text: async (context: FormatContext) => (await import('./text.js')).textReporter(context),
  tap: async () => (await import('./tap.js')).tapReporter(),
  ktap: async () => (await import('./ktap.js')).ktapReporter(),
  junit: async () => (await import('./junit.js')).junitReporter(),
  kcidb: async ({ kcidb }) => (await import('./kcidb.js')).kcidbReporter(kcidb),
  markdown: async () => (await import('./markdown.js')).markdownReporter(),
  json: async () => (await import('./json.js')).jsonReporter,
} as const satisfies Record<string, (context: FormatContext) => Promise<Reporter>>

/** The name of a format. */
export type Format = keyof typeof reporters

/** See {@link Format}. */
export const formats = Object.keys(reporters) as [Format, ...Format[]]

/** The reporter of a format. */
export function reporterOf(format: Format, context: FormatContext): Promise<Reporter> {
  return reporters[format](context)
}
