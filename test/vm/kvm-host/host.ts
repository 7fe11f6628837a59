import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { consoleExcerpt } from '../../../runner/launch/nested/console-excerpt.js'
import { hostTable } from '../../../runner/launch/nested/host-arguments.js'
import { hostTscKhz } from '../../../runner/launch/host-tsc.js'
import { type QemuProcess, startQemu } from '../../../runner/launch/qemu-process.js'
import { overrideObject } from '../../../runner/paths.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'
import { until } from '../../fixtures/sandbox.js'
import { AgentPort } from './agent-port.js'
import { hostCommand } from './host-command.js'
import { here, type HostImage } from './host-image.js'

/** How long a host may take to come up, in milliseconds; half a minute on an idle machine. */
const upDeadlineMs = 900_000

/**
 * Boots this machine's own root file system in an emulated AMD host whose KVM works, and ends it when `use` is done. Nothing
 * of this machine is written: the share is read-only, and what is written lies in the host's memory. All of it dies with
 * this process.
 *
 * @throws Error where the host does not come up or ends before, with the end of its console
 */
export async function withHost(
  image: HostImage,
  use: (agent: AgentPort, upMs: number) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder('kvm-host')
  const at = (name: string) => join(folder.path, name)
  await writeFile(at('cpuid'), hostTable)
  await using agent = await AgentPort.open(at('agent'))
  await using files = running(startQemu(virtiofsd(image, at('files'))))
  await until(() => existsSync(at('files')))
  const started = performance.now()
  await using machine = running(
    startQemu(
      hostCommand({
        image,
        sockets: { files: at('files'), agent: at('agent') },
        console: at('console'),
        override: { object: overrideObject, table: at('cpuid') },
        environment: { HOST_NODE: process.execPath, HOST_AGENT: join(here, 'agent.js') },
        tscKhz: await hostTscKhz(),
      }),
    ),
  )
  try {
    await agent.up(AbortSignal.any([machine.gone, AbortSignal.timeout(upDeadlineMs)]))
    await use(agent, performance.now() - started)
  } catch (cause) {
    const console = consoleExcerpt(await readFile(at('console'), 'latin1').catch(() => ''))
    throw new Error(`${files.said()}${machine.said()}the emulated host's console: ${console}`, {
      cause,
    })
  }
}

/** Shares this machine's root folder, for reading. */
function virtiofsd({ virtiofsd }: HostImage, socket: string): string[] {
  return [
    ...virtiofsd,
    ...['--shared-dir', '/', '--socket-path', socket],
    ...['--readonly', '--cache', 'always', '--sandbox', 'none', '--no-announce-submounts'],
  ]
}

interface Running extends AsyncDisposable {
  /** Aborted when the process is gone. */
  readonly gone: AbortSignal
  /** What it wrote to stderr, where it is gone. */
  said(): string
}

// Whoever ends the test ends the host, and with it the test, which then clears up.
const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function running(started: QemuProcess): Running {
  const gone = new AbortController()
  let stderr = ''
  const end = () => {
    started.end()
  }
  for (const signal of interrupts) process.on(signal, end)
  const ended = started.exited.then(exit => {
    stderr = exit.stderr
    gone.abort(new Error(exit.failedToStart ?? `it ended with ${exit.code ?? exit.signal}`))
  })
  return {
    gone: gone.signal,
    said: () => stderr,
    async [Symbol.asyncDispose]() {
      for (const signal of interrupts) process.off(signal, end)
      end()
      await ended
    },
  }
}
