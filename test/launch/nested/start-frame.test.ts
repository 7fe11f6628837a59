import t from 'tap'
import { InputError } from '../../../runner/errors.js'
import { encodeStart } from '../../../runner/launch/nested/start-frame.js'

function decode(frame: Buffer) {
  const [type, length, reportSize, requestSize = 0, variables, words] = [0, 4, 8, 12, 16, 20].map(
    at => frame.readUInt32LE(at),
  )
  t.equal(length, frame.length - 8)
  const strings = frame.toString('utf8', 24 + requestSize).split('\0')
  return { type, reportSize, variables, words, strings: strings.slice(0, -1) }
}

const request = Buffer.from('request')

t.test('the environment stands before the words', t => {
  const environment = { LD_PRELOAD: '/files/x', TABLE: 'a=b' }
  const command = { environment, argv: ['/bin/qemu', '-m', 'a=b', ''] }
  t.same(decode(encodeStart({ command, reportSize: 4096, request })), {
    type: 3,
    reportSize: 4096,
    variables: 2,
    words: 4,
    strings: ['LD_PRELOAD=/files/x', 'TABLE=a=b', '/bin/qemu', '-m', 'a=b', ''],
  })
  t.end()
})

t.test('a command may have no environment', t => {
  const command = { environment: {}, argv: ['/bin/qemu', '-append', 'tsc=on ü'] }
  t.match(decode(encodeStart({ command, reportSize: 0, request: Buffer.alloc(0) })), {
    variables: 0,
    words: 3,
    strings: command.argv,
  })
  t.end()
})

t.test('a command that the agent has no room for is refused', t => {
  const command = { environment: {}, argv: ['/bin/qemu', 'x'.repeat(0x10000)] }
  t.throws(() => encodeStart({ command, reportSize: 0, request }), InputError)
  t.end()
})
