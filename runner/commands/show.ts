import { EnvironmentError } from '../errors.js'
import { asksForFeatures } from '../plan/serve.js'
import { type ShownAccelerator, showScenario } from '../report/show.js'
import type { Scenario } from '../scenario/scenario.js'
import { isTerminal, terminalWidth } from '../terminal/capabilities.js'
import { scenariosFor } from './catalogue.js'
import { ownText } from './scenario-own-text.js'
import { printPlain } from './standard-output.js'

/** `guise show SCENARIO`: where it stands, its text, the leaves that its guest is shown, and what is expected of the kernel. */
export async function show(word: string, filter?: string): Promise<number> {
  // Each line begins with `# `.
  const width = isTerminal(process.stdout) ? terminalWidth(process.stdout) - 2 : null
  for (const scenario of await scenariosFor([word], filter)) {
    const accelerator = await acceleratorOf(scenario)
    const comment = showScenario(scenario, accelerator, width).map(line => `# ${line}\n`)
    const text = (await ownText(scenario)).trim()
    await printPlain(`# ${scenario.file}\n${text}\n\n${comment.join('')}\n`)
  }
  return 0
}

/** TCG of the QEMU in PATH, if a scenario's leaves are a matter of the accelerator. */
async function acceleratorOf(scenario: Scenario): Promise<ShownAccelerator | undefined> {
  if (!asksForFeatures(scenario)) return undefined
  try {
    const { findQemu } = await import('../launch/qemu.js')
    const { learnExecutable } = await import('../launch/executable.js')
    const qemu = await findQemu()
    const name = `tcg of QEMU ${qemu.version}`
    return { name, executable: await learnExecutable(qemu, 'tcg', scenario.cpu) }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { name: 'the accelerator', executable: null }
  }
}
