import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import t from 'tap'
import { catalogueFiles, defaultKernel, InputError, run } from '../../runner/index.js'
import { scenariosFolder } from '../../runner/paths.js'
import { withDefaults } from '../../runner/run/options.js'

t.test('scenarios are enough', t => {
  const { signal, ...rest } = withDefaults({ scenarios: [] })
  t.same(rest, {
    scenarios: [],
    kernels: [defaultKernel],
    accelerator: 'auto',
    jobs: availableParallelism(),
    jobsWhy: 'one for each CPU',
    kind: 'runs',
    command: [],
  })
  t.equal(signal.aborted, false)
  t.match(withDefaults({ scenarios: [], jobs: 3, accelerator: 'tcg' }), {
    jobs: 3,
    jobsWhy: 'as asked',
    accelerator: 'tcg',
  })
  const chosen = withDefaults({ scenarios: [] })
  t.equal(withDefaults(chosen).jobsWhy, chosen.jobsWhy, 'what was chosen before was not asked for')
  t.end()
})

t.test('a number of jobs that is none is refused before anything is made', async t => {
  const output = `${t.testdir({})}/out`
  for (const jobs of [0, -1, 1.5, NaN, Infinity]) {
    await t.rejects(run({ scenarios: [], jobs, output }), {
      name: 'InputError',
      message: `jobs: expected a whole number from 1, got \`${jobs}\``,
    })
  }
  t.throws(() => withDefaults({ scenarios: [], jobs: 0 }), InputError)
})

t.test("guise's own catalogue needs no folder", t => {
  const files = catalogueFiles()
  t.ok(files.length > 10)
  t.same([...new Set(files.map(dirname))], [scenariosFolder])
  t.same(files, [...files].sort())
  t.end()
})
