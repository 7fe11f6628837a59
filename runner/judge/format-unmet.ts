import type { Unmet, UnmetField } from './verdict.js'

const sentences: Readonly<Record<string, (want: string) => string>> = {
  outcome: want => `outcome ${want}`,
  'died-in': want => `the kernel to die in ${want}`,
  'stuck-in': want => `the kernel to stay in ${want}`,
  hypervisor: want => `hypervisor ${want}`,
  paravirt: want => `paravirt banner ${want}`,
  'sysfs-type': want => `/sys/hypervisor/type ${want}`,
  'clocksource.settled': want => `${want} of a clocksource`,
  'clocksource.current': want => `current clocksource ${want}`,
  'clocksource.includes': want => `clocksource ${want} to be available`,
  'clocksource.excludes': want => `clocksource ${want} not to be available`,
  offers: want => `${want} to be offered`,
  adopts: want => `${want} to be adopted`,
  rejects: want => `${want} not to be adopted`,
  drivers: want => want,
  'flags.has': want => `flag ${want}`,
  'flags.lacks': want => `no flag ${want}`,
  'bugs.has': want => `bug ${want}`,
  'bugs.lacks': want => `no bug ${want}`,
  'bugs.is': want => `no bugs but ${want}`,
  breaks: want => (want === 'none' ? 'no broken rule' : `rule ${want} broken`),
  caches: want => `a cache with ${want}`,
  'log.has': want => `a log line with ${want}`,
  'log.lacks': want => `no log line with ${want}`,
}

// Where something is seen that must not be, it is quoted.
const quoted: readonly UnmetField[] = ['rejects', 'log.lacks']

/** An unmet expectation as a sentence: `expected hypervisor none, got KVM`. */
export function formatUnmet({ field, want, got }: Unmet): string {
  const sentence = sentences[field]?.(want) ?? `${field.replace('.', ' ')} ${want}`
  return `expected ${sentence}, got${quoted.includes(field) ? ':' : ''} ${got}`
}
