import t from 'tap'
import { rerunCommand } from '../../runner/report/guise-command.js'
import { exampleRecord } from '../fixtures/record.js'

const rerun = (changes: Parameters<typeof exampleRecord>[0], ...more: string[]) =>
  rerunCommand(exampleRecord({ file: '/s.yaml', ...changes }), ...more) ?? ''

t.test('a guest is repeated as it was run: accelerator, kernel, QEMU, clock', t => {
  const usual = rerun({ clock: 'virtual' })
  t.match(usual, / run \S*\/s\.yaml:kvm-no-features --kernel debian:bookworm --accel tcg/)
  t.notMatch(usual, '--clock')
  t.match(rerun({ clock: 'real' }), / --accel tcg .*--clock real$/)
  t.notMatch(rerun({ clock: 'real', accel: 'nested' }), '--clock', 'there is no other')
  t.notMatch(rerun({}), '--clock', 'an older record does not say')
  const fingerprint = { ...exampleRecord().fingerprint, qemu: 'debian:trixie' }
  t.match(rerun({ fingerprint }), / --qemu debian:trixie$/)
  t.match(rerun({}, '--accel', 'nested'), / --accel nested$/)
  t.notMatch(rerun({ clock: 'real' }, '--accel', 'nested'), /--accel tcg|--clock/)
  t.end()
})

t.test('one whose scenario stands in no file can’t be', t => {
  t.equal(rerunCommand(exampleRecord({ file: null })), null)
  t.end()
})
