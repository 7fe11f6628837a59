import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EnvironmentError } from '../../../runner/errors.js'
import { FileDigests, readGuestFile } from '../../../runner/launch/nested/file-digests.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'

await t.test('a file is known by its content, and known anew when that changes', async t => {
  await using folder = await temporaryFolder('file-digests')
  const path = join(folder.path, 'kernel')
  const digests = new FileDigests()
  for (const content of ['one', 'one', 'other', 'longer']) {
    writeFileSync(path, content)
    t.equal(await digests.digest(path), createHash('sha256').update(content).digest('hex'))
  }
  t.equal((await readGuestFile(path)).toString(), 'longer')
})

await t.test('a file that cannot be read is named', async t => {
  await t.rejects(new FileDigests().digest('/no/such/kernel'), EnvironmentError)
  await t.rejects(readGuestFile('/no/such/kernel'), /cannot read \/no\/such\/kernel for a guest/)
})
