import t from 'tap'
import { Company } from '../../../runner/launch/nested/company.js'

t.test('guests whose times overlap have had company, and keep it', t => {
  const company = new Company()
  const first = company.enter()
  t.equal(first.hadCompany, false)
  const second = company.enter()
  t.same([first.hadCompany, second.hadCompany], [true, true])
  second.leave()
  t.equal(first.hadCompany, true, 'it had')
  first.leave()
  const third = company.enter()
  t.equal(third.hadCompany, false, 'those before it are gone')
  t.end()
})
