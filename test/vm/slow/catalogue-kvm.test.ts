import { availableParallelism } from 'node:os'
import t from 'tap'
import { scenariosFolder } from '../../../runner/paths.js'
import { run } from '../../../runner/run/run.js'
import { catalogueFiles, loadScenarios } from '../../../runner/scenario/load.js'

// All of the catalogue with a KVM behind the leaves, also what `--accel auto` runs under TCG on a machine whose KVM does not work.
// Some 190 guests in the nested host, half an hour on two quiet cores: by `npm run test:slow`.

const scenarios = loadScenarios(catalogueFiles(scenariosFolder)).filter(
  ({ groups }) => !groups.includes('models'),
)

/** The only reasons for which a scenario may be skipped on Debian's 6.1. */
const trueReasons = [
  /^the kernel's configuration lacks CONFIG_/,
  /^needs a kernel /,
  /^this kernel has no module /,
  /^the scenario states no expectation for fidelity kvm$/,
]

t.test('all of the catalogue on 6.1 under KVM, in the nested host', async t => {
  const records = await run({
    scenarios,
    kernels: ['debian:bookworm'],
    accelerator: 'nested',
    jobs: availableParallelism(),
    output: t.testdir(),
    signal: new AbortController().signal,
  })
  t.equal(records.length, scenarios.length)
  for (const { scenario, verdict, why, reruns } of records) {
    for (const rerun of reruns) t.comment(`${scenario} was run again: ${rerun}`)
    if (verdict === 'skip') {
      t.ok(
        trueReasons.some(reason => reason.test(why[0] ?? '')),
        `${scenario} is skipped: ${why[0] ?? ''}`,
      )
    } else t.equal(verdict, 'pass', `${scenario}: ${why.join('; ')}`)
  }
})
