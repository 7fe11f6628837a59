import { join } from 'node:path'
import t from 'tap'
import { run } from '../../runner/run/run.js'
import { fakeQemu } from '../fixtures/fake-guest.js'
import { parseScenario } from '../fixtures/scenario.js'
import { bzImage, debianBanner } from '../images/kernel/synthetic.js'

const before = { ...process.env }
t.teardown(() => {
  process.env = before
})

t.test('a kernel that two specs mean is run once, and two of one release are two', async t => {
  const folder = t.testdir({
    one: bzImage(),
    same: bzImage(),
    other: bzImage({ banner: debianBanner.replace('#1', '#2') }),
    cache: {},
    state: {},
  })
  process.env = {
    ...before,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_STATE_HOME: join(folder, 'state'),
  }
  const kernels = ['one', 'same', 'other'].map(name => join(folder, name))
  const told: string[] = []
  const records = await run(
    {
      // Skipped at once: what is told of kernels takes no guest.
      scenarios: [parseScenario('needs: { fidelity: kvm }')],
      accelerator: 'tcg',
      kernels,
      qemu: fakeQemu,
      output: join(folder, 'out'),
    },
    { onHeading: ({ kernels, total }) => told.push(...kernels, `${total}`) },
  )
  t.same(
    records.map(({ kernel, verdict }) => [kernel.spec, verdict]),
    [
      [kernels[0], 'skip'],
      [kernels[2], 'skip'],
    ],
  )
  const name = '6.1.192 (6.1.0-56-cloud-amd64'
  t.same(told, [`${name}, ${kernels[0] ?? ''})`, `${name}, ${kernels[2] ?? ''})`, '2'])
})

t.test('a folder is free for the next run once a run has ended, well or not', async t => {
  const folder = t.testdir({ kernel: bzImage(), cache: {}, state: {} })
  process.env = {
    ...before,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_STATE_HOME: join(folder, 'state'),
  }
  const options = {
    scenarios: [parseScenario('needs: { fidelity: kvm }')],
    accelerator: 'tcg',
    kernels: [join(folder, 'kernel')],
    qemu: fakeQemu,
    output: join(folder, 'out'),
  } as const
  t.equal((await run(options)).length, 1)
  await t.rejects(run({ ...options, kernels: [join(folder, 'none')] }), /none/)
  t.equal((await run(options)).length, 1)
})
