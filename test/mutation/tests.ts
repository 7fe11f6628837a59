// The tests that `npm run mutate` asks, as one file: of a process for each, most of the time would go into starting it.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const folders = ['cpuid', 'hypervisors', 'observe', 'judge']
const others = [
  'plan/leaf-table',
  'record/cpuid',
  'record/detection-lines',
  'record/kernel-said',
  'report/explain',
]

const tests = join(import.meta.dirname, '..')
const files = [
  ...folders.flatMap(folder =>
    readdirSync(join(tests, folder))
      .filter(name => /\.test\.[jt]s$/.test(name))
      .map(name => join(folder, name)),
  ),
  ...others.map(name => `${name}.test.js`),
]
for (const file of files) await import(join(tests, file))
