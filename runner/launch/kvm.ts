import { EnvironmentError } from '../errors.js'
import type { Scenario } from '../scenario/scenario.js'
import {
  type AcceleratorChoice,
  chooseAccelerator,
  type ChosenAccelerator,
} from '../plan/choose-accelerator.js'
import { missingKvmFeature } from './kvm-features.js'
import { probeKvm } from './kvm-probe.js'
import type { KvmAnswer } from './probe-answers.js'
import type { Qemu } from './qemu.js'

/**
 * What one run believes of this machine's KVM: asked when it is first needed, and again when KVM gives a guest up. That a guest was
 * given up says little of KVM, since a broken kernel can make it do so; that the probe fails does.
 */
export class Kvm {
  readonly #qemu: Qemu
  readonly #asked: AcceleratorChoice
  readonly #onNote: (text: string) => void
  readonly #signal: AbortSignal | undefined
  readonly #probe: typeof probeKvm
  #answer: Promise<KvmAnswer> | null = null

  /**
   * @param onNote - told, once, that `auto` does not take KVM, and what came of a guest that KVM gave up
   * @param options - `signal` ends a question that is open; `probe` is how KVM is asked
   */
  constructor(
    qemu: Qemu,
    asked: AcceleratorChoice,
    onNote: (text: string) => void,
    { signal, probe = probeKvm }: { signal?: AbortSignal; probe?: typeof probeKvm } = {},
  ) {
    this.#qemu = qemu
    this.#asked = asked
    this.#onNote = onNote
    this.#signal = signal
    this.#probe = probe
  }

  /**
   * Asks KVM where the run may take it.
   *
   * @throws EnvironmentError when KVM is asked for and does not work
   */
  async check(): Promise<KvmAnswer | null> {
    if (this.#asked !== 'kvm' && this.#asked !== 'auto') return null
    const first = this.#answer === null
    this.#answer ??= this.#ask(false)
    const answer = await this.#answer
    if (first && !answer.works) this.#tell(answer.reason)
    return answer
  }

  /**
   * The accelerator for a scenario.
   *
   * @param qemu - in which its guest would be; without it the run's
   */
  async choose(
    scenario: Pick<Scenario, 'needs' | 'expect'>,
    qemu = this.#qemu,
  ): Promise<ChosenAccelerator> {
    const kvm = await this.check()
    const kvmLacks = kvm?.works === true ? await this.lacks(scenario.needs, qemu) : null
    return chooseAccelerator(this.#asked, scenario, { kvm, kvmLacks, qemuVersion: qemu.version })
  }

  /** What this machine's KVM lacks in a QEMU of what a scenario needs, as a sentence; null where it lacks nothing. */
  lacks(needs: Scenario['needs'], qemu: Qemu): Promise<string | null> {
    return missingKvmFeature(qemu, needs.kvm, this.#signal)
  }

  /**
   * KVM gave a guest up: is it KVM?
   *
   * @returns what came of asking again, as a sentence
   */
  async askAgain(scenario: string): Promise<string> {
    this.#answer = this.#ask(true)
    const { works, reason } = await this.#answer
    const found = works
      ? `KVM gave ${scenario} up, and works when it is asked again: the guest is the cause`
      : `KVM gave ${scenario} up, and fails when it is asked again: ${reason}`
    const rest = !works && this.#asked === 'auto' ? '; the guests to come do without it' : ''
    this.#onNote(`${found}${rest}`)
    return found
  }

  #ask(again: boolean): Promise<KvmAnswer> {
    return this.#probe(this.#qemu, { again, ...(this.#signal && { signal: this.#signal }) })
  }

  #tell(reason: string): void {
    if (this.#asked === 'auto') {
      this.#onNote(`KVM is not used: ${reason}`)
      return
    }
    throw new EnvironmentError(
      `--accel kvm: KVM does not work on this machine: ${reason}; --accel nested has real KVM, slower, and --accel tcg the leaves alone`,
    )
  }
}
