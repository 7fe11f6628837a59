import t from 'tap'
import { formatUnmet } from '../../runner/judge/format-unmet.js'
import type { UnmetField } from '../../runner/judge/verdict.js'

const sentences: Readonly<Partial<Record<UnmetField, string>>> = {
  outcome: 'expected outcome W, got G',
  'died-in': 'expected the kernel to die in W, got G',
  'stuck-in': 'expected the kernel to stay in W, got G',
  hypervisor: 'expected hypervisor W, got G',
  paravirt: 'expected paravirt banner W, got G',
  'sysfs-type': 'expected /sys/hypervisor/type W, got G',
  'clocksource.settled': 'expected W of a clocksource, got G',
  'clocksource.current': 'expected current clocksource W, got G',
  'clocksource.includes': 'expected clocksource W to be available, got G',
  'clocksource.excludes': 'expected clocksource W not to be available, got G',
  offers: 'expected W to be offered, got G',
  adopts: 'expected W to be adopted, got G',
  rejects: 'expected W not to be adopted, got: G',
  drivers: 'expected W, got G',
  'cpu.vendor': 'expected cpu vendor W, got G',
  'flags.has': 'expected flag W, got G',
  'flags.lacks': 'expected no flag W, got G',
  'bugs.has': 'expected bug W, got G',
  'bugs.lacks': 'expected no bug W, got G',
  'bugs.is': 'expected no bugs but W, got G',
  'vulnerabilities.mds': 'expected vulnerabilities mds W, got G',
  'topology.cores': 'expected topology cores W, got G',
  caches: 'expected a cache with W, got G',
  'log.has': 'expected a log line with W, got G',
  'log.lacks': 'expected no log line with W, got: G',
}

t.test('the sentence of each field; what was not to be seen is quoted', t => {
  for (const [field, sentence] of Object.entries(sentences)) {
    t.equal(formatUnmet({ field: field as UnmetField, want: 'W', got: 'G' }), sentence)
  }
  t.end()
})
