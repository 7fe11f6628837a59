import t from 'tap'
import { sideFolders } from '../../runner/compare/side-folders.js'

t.test('each side has a folder, and a name that leads nowhere else', t => {
  t.same(sideFolders(['debian:bookworm', 'v6.12']), ['debian_bookworm', 'v6.12'])
  t.same(sideFolders(['../../etc', '/boot/vmlinuz']), ['__.._etc', '_boot_vmlinuz'])
  t.same(sideFolders(['.', '..']), ['_', '_-2'])
  t.same(sideFolders(['HEAD', 'HEAD']), ['HEAD', 'HEAD-2'])
  t.same(sideFolders(['a/b', 'a:b']), ['a_b', 'a_b-2'])
  t.end()
})
