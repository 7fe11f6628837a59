import { setImmediate as nextTurn } from 'node:timers/promises'
import { exitStatusOf } from './commands/exit-status-of.js'
import { makeProgram } from './commands/program.js'
import { print } from './commands/standard-output.js'
import { releaseClosedTerminals } from './terminal/hangup.js'

process.on('exit', releaseClosedTerminals)

let help = Promise.resolve()
const program = makeProgram(text => {
  help = help.then(() => print(text))
})

program
  .parseAsync()
  .finally(() => help)
  .catch(async (error: unknown) => {
    // What an emitter has to say, which is why something else could not go on, comes first.
    await nextTurn()
    exitBecauseOf(error)
  })

// Where no pipe can be made, spawn() of Node gives back a process without streams, which nobody can listen to, and that then emits
// its error. Guests end with guise (PR_SET_PDEATHSIG), and their folders are removed on exit.
process.on('uncaughtException', exitBecauseOf)

/** Ends guise: after a failure, what did not come to an end must not keep it alive. Writes to pipes and files are done by then. */
function exitBecauseOf(error: unknown): void {
  process.exit(exitStatusOf(error))
}
