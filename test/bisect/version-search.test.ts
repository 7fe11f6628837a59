import t from 'tap'
import { versionsBetween, VersionSearch } from '../../runner/bisect/version-search.js'

const specs = Array.from({ length: 9 }, (_, number) => `debian:6.1.${number}`)

t.test('it halves', async t => {
  for (const culprit of specs.keys()) {
    if (culprit === 0) continue
    const search = new VersionSearch(specs)
    let position = await search.start()
    let steps = 0
    while ('next' in position) {
      const { next } = position
      position = await search.tell(specs.indexOf(next) >= culprit ? 'bad' : 'good', next)
      steps += 1
    }
    t.same(position, { found: specs[culprit] })
    t.ok(steps <= 3, `${steps} steps`)
  }
})

t.test(
  'what is skipped is gone around; where nothing else is left all of it is suspect',
  async t => {
    const search = new VersionSearch(specs.slice(0, 4))
    let position = await search.start()
    while ('next' in position) position = await search.tell('skip', position.next)
    t.same(position, { suspects: specs.slice(1, 4) })
    await search.tell('good', specs[2] ?? '')
    t.same(await search.start(), { found: specs[3] })
  },
)

t.test('the kernels between two are of their flavour, each version once, in order', t => {
  const kernel = (version: string, flavour = 'cloud-amd64') => ({
    spec: `debian:${version}`,
    version,
    flavour,
  })
  const [good, bad] = [kernel('6.1.170'), { ...kernel('6.1.192'), spec: 'debian:bookworm' }]
  const known = [
    ...['6.1.9', '6.1.180', '6.1.176', '6.1.176', '6.1.192', '6.12.1', '6.1.170'].map(version =>
      kernel(version),
    ),
    kernel('6.1.177', 'rt-amd64'),
  ]
  t.same(
    versionsBetween(good, bad, known).map(({ spec }) => spec),
    ['debian:6.1.170', 'debian:6.1.176', 'debian:6.1.180', 'debian:bookworm'],
  )
  t.end()
})
