import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { modelVendor } from '../../runner/cpuid/model-vendor.js'
import { findQemu } from '../../runner/launch/qemu.js'

t.test('the vendor of a CPU model, whatever its version and variant', t => {
  for (const [model, vendor] of [
    ['qemu64-v1', 'AuthenticAMD'],
    ['qemu32', 'GenuineIntel'],
    ['Skylake-Server-v4', 'GenuineIntel'],
    ['Skylake-Client-noTSX-IBRS', 'GenuineIntel'],
    ['EPYC-IBPB', 'AuthenticAMD'],
    ['EPYC-Turin-v2', 'AuthenticAMD'],
    ['Opteron_G5-v1', 'AuthenticAMD'],
    ['Dhyana-v2', 'HygonGenuine'],
    ['YongFeng-v3', 'CentaurHauls'],
    ['max', null],
    ['base', null],
    ['EPYC-Verona', null],
    ['epyc', null],
    ['-v1', null],
  ] as const) {
    t.equal(modelVendor(model), vendor, model)
  }
  t.end()
})

/** The vendors of QEMU's own models, as it tells them itself. */
async function vendorsOf(command: readonly string[]): Promise<Map<string, string>> {
  const [program = '', ...options] = command
  const ask = (execute: string, values = {}) =>
    `${JSON.stringify({ execute, arguments: values })}\n`
  const answers = async (questions: readonly string[]) => {
    const running = promisify(execFile)(
      program,
      [
        ...options,
        '-machine',
        'pc',
        '-accel',
        'tcg',
        '-display',
        'none',
        '-nodefaults',
        '-S',
      ].concat(['-qmp', 'stdio']),
      { maxBuffer: 2 ** 26 },
    )
    running.child.stdin?.end([ask('qmp_capabilities'), ...questions, ask('quit')].join(''))
    const { stdout } = await running
    const lines = stdout.split('\n').filter(line => line.includes('"return"'))
    return lines.slice(1, 1 + questions.length).map(line => JSON.parse(line) as { return: unknown })
  }
  const [listed] = await answers([ask('query-cpu-definitions')])
  const names = (listed?.return as { name: string }[]).map(({ name }) => name)
  const type = 'full'
  const expanded = await answers(
    names.map(name => ask('query-cpu-model-expansion', { type, model: { name } })),
  )
  return new Map(
    expanded.map(({ return: value }, index) => [
      names[index] ?? '',
      (value as { model: { props: { vendor: string } } }).model.props.vendor,
    ]),
  )
}

const qemu = await findQemu().catch(() => null)
const skip = qemu === null ? 'no QEMU in PATH' : false

t.test('each model of this machine’s QEMU has the vendor that QEMU says', { skip }, async t => {
  if (qemu === null) return
  const vendors = await vendorsOf(qemu.command)
  t.ok(vendors.size > 100, `${vendors.size} models`)
  // They take the accelerator's.
  for (const name of ['max', 'host', 'base']) vendors.delete(name)
  for (const [model, vendor] of vendors) t.equal(modelVendor(model), vendor, model)
})
