// Stores more than a small file system holds, and prints what that is answered with; see files.test.ts.
import { storeBytes } from '../../runner/cache/files.js'

await storeBytes('things', '', Buffer.alloc(1_000_000)).catch((error: unknown) => {
  console.log(String(error))
})
