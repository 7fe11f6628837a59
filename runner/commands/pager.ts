import { execa } from 'execa'
import { isTerminal } from '../terminal/capabilities.js'
import { print } from './standard-output.js'

/** Shows a text on a terminal in $PAGER, or else in less; elsewhere, and where there is no pager, as it is. */
export async function page(text: string): Promise<void> {
  if (!isTerminal(process.stdout)) {
    await print(text)
    return
  }
  const asked = process.env.PAGER ?? ''
  // Ctrl-C is the pager's: one whose guise has gone shares its terminal with the shell.
  process.on('SIGINT', ignore)
  try {
    // Whoever leaves a pager early has seen enough.
    const { exitCode } = await execa(asked === '' ? 'less' : asked, {
      shell: true,
      // As git has it: colours, and no pager for what fits on the screen.
      env: { LESS: process.env.LESS ?? 'FRX' },
      input: text,
      stdout: 'inherit',
      stderr: 'inherit',
      reject: false,
    })
    // The shell's statuses for a command that is not there, and for one that can't be executed.
    if (exitCode === 127 || exitCode === 126) await print(text)
  } finally {
    process.off('SIGINT', ignore)
  }
}

function ignore(): void {
  // The pager hears of it, too.
}
