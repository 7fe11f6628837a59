/** What a fragment asks of a kernel's configuration, by option name without `CONFIG_`; `n` is "is not set". */
export type Fragment = ReadonlyMap<string, string>

/** An option that a kernel has not taken as the fragment has it. */
export interface RefusedOption {
  readonly name: string
  readonly asked: string
  /** What the configuration has instead; `n` where it is not set. */
  readonly got: string
}

/** Reads a fragment: lines `CONFIG_NAME=value` and `# CONFIG_NAME is not set`; all others are comments. */
export function parseFragment(text: string): Fragment {
  const options = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, set, value, unset] =
      /^(?:CONFIG_(\w+)=(.*)|# CONFIG_(\w+) is not set)$/.exec(line) ?? []
    if (set !== undefined && value !== undefined) options.set(set, value)
    if (unset !== undefined) options.set(unset, 'n')
  }
  return options
}

/** The options of a fragment that a finished .config has otherwise, in the fragment's order. */
export function refusedOptions(fragment: Fragment, config: string): RefusedOption[] {
  const got = parseFragment(config)
  return [...fragment].flatMap(([name, asked]) => {
    const value = got.get(name) ?? 'n'
    return value === asked ? [] : [{ name, asked, got: value }]
  })
}
