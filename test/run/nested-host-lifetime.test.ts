import t from 'tap'
import type { NestedHostImage } from '../../images/nested/build.js'
import { EnvironmentError } from '../../runner/errors.js'
import type { NestedHost } from '../../runner/launch/nested/host.js'
import { NestedHostUnavailableError } from '../../runner/launch/nested/lost.js'
import { NestedHostLifetime, type NestedHostMeans } from '../../runner/run/nested-host-lifetime.js'

interface FakeHost {
  alive: boolean
  closed: number
  close: () => Promise<void>
}

/** The nested host of a run, of which each start is kept. */
function lifetime(changes: Partial<NestedHostMeans> = {}, signal = new AbortController().signal) {
  const hosts: FakeHost[] = []
  const notes: string[] = []
  const images: object[] = []
  const means: NestedHostMeans = {
    build: () => {
      const image = { qemuVersion: '10.0.13' } as NestedHostImage
      images.push(image)
      return Promise.resolve(image)
    },
    start: () => {
      const host: FakeHost = {
        alive: true,
        closed: 0,
        close: () => {
          host.closed += 1
          return Promise.resolve()
        },
      }
      hosts.push(host)
      return Promise.resolve(host as unknown as NestedHost)
    },
    ...changes,
  }
  const options = { signal, onNote: (text: string) => notes.push(text), onSetup: () => undefined }
  return { nested: new NestedHostLifetime(options, means), hosts, notes, images }
}

t.test('two guests share one host, whenever they come', async t => {
  const { nested, hosts, notes, images } = lifetime()
  const together = await Promise.all([nested.host(), nested.host()])
  t.equal(together[0], together[1])
  t.equal(await nested.host(), together[0])
  t.equal(hosts.length, 1)
  t.equal(images.length, 1)
  t.same(notes, ['starting the nested host'])
})

t.test('a host that is lost is closed, and started again once for all its guests', async t => {
  const { nested, hosts, notes, images } = lifetime()
  const first = await nested.host()
  if (hosts[0] !== undefined) hosts[0].alive = false
  const together = await Promise.all([nested.host(), nested.host()])
  t.not(together[0], first)
  t.equal(together[0], together[1])
  t.same(
    hosts.map(({ closed }) => closed),
    [1, 0],
  )
  t.equal(images.length, 1, 'of the same image')
  t.same(notes, ['starting the nested host', 'restarting the nested host'])
})

t.test('a run that is over closes its host', async t => {
  const { nested, hosts } = lifetime()
  await nested.host()
  await nested[Symbol.asyncDispose]()
  t.same(
    hosts.map(({ closed }) => closed),
    [1],
  )
})

t.test('a run that needed none has none to close', async t => {
  const { nested, hosts } = lifetime()
  await nested[Symbol.asyncDispose]()
  t.strictSame(hosts, [])
})

t.test('what the machine refuses is told as a host that cannot be had', async t => {
  const refused = () => Promise.reject(new EnvironmentError('no apt'))
  const unbuilt = lifetime({ build: refused }).nested
  await t.rejects(unbuilt.image(), new NestedHostUnavailableError('no apt'))
  await t.rejects(unbuilt.host(), new NestedHostUnavailableError('no apt'))
  const { nested } = lifetime({ start: refused })
  await t.rejects(nested.host(), new NestedHostUnavailableError('no apt'))
  await t.resolves(nested[Symbol.asyncDispose](), 'there is none to close')
})

t.test('a fault of its own is no refusal, and an interrupted run is interrupted', async t => {
  const fault = new TypeError('x is not a function')
  await t.rejects(lifetime({ build: () => Promise.reject(fault) }).nested.image(), TypeError)
  const stop = new AbortController()
  const build = () => {
    stop.abort(new Error('Ctrl-C'))
    return Promise.reject(new EnvironmentError('apt was ended'))
  }
  await t.rejects(lifetime({ build }, stop.signal).nested.image(), { message: 'Ctrl-C' })
})

t.test('a start that is tried again is told with its first line', async t => {
  const { nested, notes } = lifetime({
    start: (_image, options) => {
      options?.onRestart?.('its QEMU ended: SIGKILL\nits console: (nothing)')
      return Promise.resolve({ close: () => Promise.resolve() } as unknown as NestedHost)
    },
  })
  await nested.host()
  t.same(notes.slice(1), ['starting the nested host again: its QEMU ended: SIGKILL'])
})
