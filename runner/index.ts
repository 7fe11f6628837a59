// guise as a library: for tests of one's own.
export { EnvironmentError, InputError } from './errors.js'
export { accelerators, type Accelerator } from './plan/accelerator.js'
export { recordSchema, type GuiseRecord } from './report/record-schema.js'
export { run, type RunEvents, type RunOptions } from './run.js'
export { catalogueFiles, loadScenarios } from './scenario/load.js'
export type { Scenario } from './scenario/scenario.js'
export { scenarioSchema } from './scenario/schema.js'
export { selectScenarios } from './scenario/select.js'
