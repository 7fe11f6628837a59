import type { LeafEdit } from '../cpuid/leaf-edit.js'
import type { ScenarioDocument } from './schema.js'

/** Whether features that the accelerator cannot execute are shown; undefined is `exact`. */
export type Serve = 'exact' | 'able'

/** One step of what a scenario does to the leaves; steps apply in order. */
export type CpuidStep =
  | { readonly kind: 'edit'; readonly edit: LeafEdit; readonly serve?: Serve | undefined }
  /** All that there is of one leaf, in place of what was said of it before: an edit for each subleaf, and one for all others. */
  | {
      readonly kind: 'leaf'
      readonly edits: readonly LeafEdit[]
      readonly serve?: Serve | undefined
    }
  /** Every leaf from `first` to `last` reads as absent, on these vCPUs; undefined: on every one. */
  | {
      readonly kind: 'remove'
      readonly first: number
      readonly last: number
      readonly cpus?: readonly number[] | undefined
    }

/** A scenario, complete: defaults filled in, register grammar read, raw dumps read. */
export interface Scenario extends ScenarioDocument {
  readonly cpu: ScenarioDocument['cpu'] & { readonly model: string }
  /** The YAML file that it stands in. */
  readonly file: string
  /** Its own YAML text, as written. */
  readonly text: string
  /**
   * `listed`: of the hypervisor leaves the guest sees only those listed. `model`: QEMU's own with the listed changes.
   * null: the scenario touches none of them.
   */
  readonly hypervisorLeaves: 'model' | 'listed' | null
  readonly steps: readonly CpuidStep[]
}
