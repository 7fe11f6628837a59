import { cpSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type Bench, hang, inject, kernel } from './bench.js'
import { faults } from './list.js'

/** Runs three guests, the second of which panics once something was done to the file of its scenario. */
async function spoilScenarios(bench: Bench, spoil: (path: string) => void) {
  const goOn = bench.sandbox.at('go-on')
  const panic = { print: '[    1.000000] Kernel panic - not syncing: x\r\n' }
  const guise = bench.start({ steps: [kernel, { until: goOn }, panic] })
  await bench.strikes()
  spoil(bench.sandbox.at('scenarios.yaml'))
  writeFileSync(goOn, '')
  return guise.ended
}

await inject('input', faults.input, {
  'same-folder': async bench => {
    const first = bench.start({ steps: [kernel, hang] })
    await bench.strikes()
    const second = await bench.run()
    process.kill(first.pid, 'SIGINT')
    await first.ended
    return second
  },
  'scenario-edited': bench =>
    spoilScenarios(bench, path => {
      writeFileSync(path, 'name: [\n')
    }),
  'scenario-deleted': bench =>
    spoilScenarios(bench, path => {
      rmSync(path)
    }),
  'record-damaged': async (bench, t) => {
    const { sandbox, output, format } = bench
    await bench.run()
    const damaged = sandbox.at('damaged')
    cpSync(output, damaged, { recursive: true })
    truncateSync(sandbox.resultPath('struck.json', 'damaged'), 100)
    for (const [command, ...words] of [
      ['compare', output, damaged],
      ['merge', damaged, '--output', sandbox.at('merged')],
      ['matrix', damaged],
    ] as const) {
      const { status, stdout, stderr } = await sandbox.guise(command, ...words)
      t.strictSame([status, stdout], [2, ''], command)
      t.match(stderr, faults.input['record-damaged'].says)
      t.notOk(sandbox.has('merged'))
    }
    return sandbox.guise('report', damaged, '--format', format)
  },
})
