// Runs in the emulated host: runs the commands that come in by the virtio port, a line of JSON each, and sends out what they
// write and how they end. The other end is agent-port.ts.
import { spawn } from 'node:child_process'
import { createReadStream, openSync, readdirSync, writeSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { createInterface } from 'node:readline'

const [name] = readdirSync('/sys/class/virtio-ports')
const port = openSync(`/dev/${name}`, 'r+')
const say = message => writeSync(port, JSON.stringify(message) + '\n')

say({ up: true })
for await (const line of createInterface({ input: createReadStream('', { fd: port }) })) {
  say({ ended: await run(JSON.parse(line)) })
}

function run({ command: [program, ...args], env, ...options }) {
  const started = performance.now()
  const child = spawn(program, args, {
    ...options,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: [], stderr: [] }
  for (const stream of ['stdout', 'stderr']) {
    createInterface({ input: child[stream] }).on('line', line => {
      written[stream].push(line)
      say({ line })
    })
  }
  return new Promise(resolve => {
    child.on('error', error => {
      resolve({ status: null, stdout: [], stderr: [error.message], ms: 0 })
    })
    child.on('close', status => {
      resolve({ status, ...written, ms: Math.round(performance.now() - started) })
    })
  })
}
