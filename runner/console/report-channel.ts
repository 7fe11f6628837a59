import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { doingThere, EnvironmentError } from '../errors.js'
import type { ReportEndpoint } from '../launch/endpoints.js'
import type { ReportChannel } from '../plan/channel.js'
import type { RequestedLeaves } from '../plan/requested-leaves.js'
import { reportOffset, sizes } from './protocol/layout.js'
import { hasHello, isComplete, parseReport, sharedMemoryFor } from './protocol/parse-report.js'
import type { GuestReport } from './protocol/report.js'
import { encodeRequest } from './protocol/request.js'

/** The host's end of a report channel. */
export interface OpenChannel extends AsyncDisposable {
  /** What QEMU is given of it. */
  readonly endpoint: ReportEndpoint
  /** Whether the guest says that its report is whole; cheap. */
  readonly isComplete: () => boolean
  /** The report as far as it came. */
  readonly read: () => GuestReport
}

/**
 * Opens the host's end of a report channel in `folder` and lays the request out in it.
 *
 * @throws EnvironmentError when the machine has no room for it, or its path is too long
 * @param cpus - how many vCPUs will report
 * @param onData - called when something came in on a serial channel
 */
export async function openReportChannel(
  channel: ReportChannel,
  folder: string,
  request: readonly RequestedLeaves[],
  cpus: number,
  onData: () => void,
): Promise<OpenChannel> {
  const bytes = encodeRequest(request)
  const path = join(folder, 'report')
  try {
    return channel === 'shared-memory'
      ? openSharedMemory(path, bytes, cpus)
      : await openSerial(path, bytes, onData)
  } catch (error) {
    throw new EnvironmentError(
      `${path}: expected to make the guest's report channel there, got: ${(error as Error).message}; TMPDIR names the folder to use`,
      { cause: error },
    )
  }
}

function openSharedMemory(path: string, request: Uint8Array, cpus: number): OpenChannel {
  const size = sharedMemoryFor(cpus)
  const memory = Buffer.alloc(size)
  memory.set(request)
  writeFileSync(path, memory)
  return {
    endpoint: { kind: 'shared-memory', path, size },
    isComplete: () => isComplete('shared-memory', beginning(path)),
    read: () => parseReport('shared-memory', readMemory(path, size)),
    // The file goes with its folder.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/**
 * The memory up to the end of the report's header: it is looked at whenever the console says something. Where it is gone, nothing is
 * whole; {@link readMemory} says so.
 */
function beginning(path: string): Buffer {
  const bytes = Buffer.alloc(reportOffset + sizes.reportHeader)
  try {
    const file = openSync(path, 'r')
    readSync(file, bytes, 0, bytes.length, 0)
    closeSync(file)
  } catch {
    return Buffer.alloc(bytes.length)
  }
  return bytes
}

/**
 * The whole memory. What cleans up temporary files must not pass for a kernel that does not report.
 *
 * @throws EnvironmentError where it is gone or was cut
 */
function readMemory(path: string, size: number): Buffer {
  return doingThere(path, "keep the guest's report", () => {
    const memory = readFileSync(path)
    if (memory.length < size) throw new Error(`${memory.length} bytes of ${size}`)
    return memory
  })
}

async function openSerial(
  path: string,
  request: Uint8Array,
  onData: () => void,
): Promise<OpenChannel> {
  let stream = Buffer.alloc(0)
  let answered = false
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => {
      // A guest may write for ever; a whole report is far smaller than this.
      if (stream.length < maxStreamBytes) stream = Buffer.concat([stream, bytes])
      if (!answered && hasHello(stream)) {
        answered = true
        socket.write(request)
      }
      onData()
    })
  })
  if (Buffer.byteLength(path) > maxSocketPath) throw new Error('a path too long for a socket')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(path, resolve)
  })
  return {
    endpoint: { kind: 'serial', path },
    isComplete: () => isComplete('serial', stream),
    read: () => parseReport('serial', stream),
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy()
        server.close(() => {
          resolve()
        })
      }),
  }
}

const maxStreamBytes = 4 * 1024 * 1024

/** sun_path of unix(7), less the NUL at its end, in bytes. Node would cut a longer path and listen elsewhere. */
export const maxSocketPath = 107
