import t from 'tap'
import type { DrivenFacts } from '../../runner/hypervisors/driven-facts.js'
import { judge } from '../../runner/judge/judge.js'
import { drivenDevice, onePixelOff } from '../fixtures/driven.js'
import { parseScenario } from '../fixtures/scenario.js'
import { judgedRun } from './judged-run.js'

/** How a guest is judged that was expected to meet `expect`, and drove these devices. */
function verdict(
  expect: string,
  { driven = [], problems = [] }: { driven?: DrivenFacts[]; problems?: readonly string[] },
) {
  const [expectation] = parseScenario(`expect: [${expect}]`).expect
  const { ending, observation } = judgedRun('')
  const facts = { ...observation.facts, driven }
  return judge(expectation, ending, { ...observation, facts, problems })
}

t.test('why a device that the guest drove is not adopted', t => {
  const problems = [
    'The guest reports: no module x.',
    'The guest reports: vmware-svga: it stays busy.',
  ]
  const of = (changes: Parameters<typeof drivenDevice>[0], said: readonly string[] = []) =>
    verdict('{ adopts: [video.vmware-svga] }', {
      driven: [drivenDevice(changes)],
      problems: said,
    })
  const unmet = 'expected video.vmware-svga to be adopted, got no sign of it'
  const differs =
    'the picture of vmware-svga differs from what was drawn in 1 pixel of 320x200, the first at 3,5: drawn #020640, got #400602'
  t.match(of({ picture: onePixelOff }), { verdict: 'fail', why: [unmet, differs] })
  const other = { width: 720, height: 400, differing: 288_000, first: null }
  t.match(of({ picture: other }), {
    verdict: 'fail',
    why: [unmet, 'the picture of vmware-svga is 720x400, which is not what was drawn'],
  })
  t.match(of({ drawn: false, picture: other }, problems), {
    verdict: 'fail',
    why: [unmet, problems[1]],
  })
  t.match(
    of({ picture: null, untaken: 'no surface' }),
    {
      verdict: 'error',
      why: [unmet, 'no picture of vmware-svga could be taken: no surface'],
    },
    'that is no failure of the kernel’s',
  )
  t.match(of({ drawn: false, picture: null, untaken: 'no surface' }), { verdict: 'fail' })
  const more = '{ adopts: [video.vmware-svga], hypervisor: Xen HVM }'
  const untaken = drivenDevice({ picture: null, untaken: 'no surface' })
  t.equal(verdict(more, { driven: [untaken] }).verdict, 'fail', 'it hides no other failure')
  const absent = verdict('{ adopts: [video.vmware-svga] }', { problems })
  t.same(absent.why, [unmet, problems[1]])
  const elsewhere = verdict('{ hypervisor: Xen HVM }', {
    driven: [drivenDevice({ picture: null, untaken: 'no surface' })],
    problems,
  })
  t.equal(elsewhere.verdict, 'fail')
  t.equal(elsewhere.why.length, 1, 'where that is not what is unmet, it is not told')
  t.end()
})
