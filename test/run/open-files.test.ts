import t from 'tap'
import { EnvironmentError } from '../../runner/errors.js'
import { outOfFiles, requireOpenFiles } from '../../runner/run/open-files.js'

t.test('more guests at a time than files may be open for are refused, with the number', t => {
  const guests = 1e9
  const refuse = () => {
    requireOpenFiles(guests)
  }
  t.throws(refuse, EnvironmentError)
  t.throws(refuse, {
    message:
      /^expected leave to open 6000000040 files for 1000000000 guests at a time, got \d+: raise .*`ulimit -n 6000000040`, or run fewer with --jobs$/,
  })
  t.doesNotThrow(() => {
    requireOpenFiles(1)
  })
  t.end()
})

t.test('an error that comes of open files says whose', t => {
  const failed = (code: string) => Object.assign(new Error('open failed'), { code })
  t.match(outOfFiles(failed('EMFILE')), /^too many open files \(EMFILE\): .*ulimit -n 1024/)
  t.match(outOfFiles(failed('ENFILE')), /^this machine has too many files open \(ENFILE\)/)
  t.equal(outOfFiles(failed('ENOENT')), undefined)
  t.equal(outOfFiles('EMFILE'), undefined)
  const deep = new Error('no guest', { cause: new Error('x', { cause: failed('EMFILE') }) })
  t.match(outOfFiles(deep), /EMFILE/, 'wherever it stands')
  t.end()
})
