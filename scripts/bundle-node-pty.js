// Makes node-pty ready to be packed with guise (bundleDependencies of package.json): for Linux alone, with its addon built.
// Whoever installs the package then needs neither a compiler nor Node's headers, which node-gyp fetches from elsewhere. The addon
// uses Node-API, so any Node takes it; node-pty's install script builds nothing where it finds the folder (its
// scripts/prebuild.js), and builds from its sources if asked to: npm install --build-from-source.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const nodePty = join('node_modules', 'node-pty')
const built = join(nodePty, 'build', 'Release', 'pty.node')
const prebuilds = join(nodePty, 'prebuilds')
const ours = 'linux-x64'

if (!existsSync(built)) {
  process.stderr.write(`${built}: expected node-pty's addon; npm rebuild node-pty builds it\n`)
  process.exit(1)
}
mkdirSync(join(prebuilds, ours), { recursive: true })
for (const system of readdirSync(prebuilds).filter(name => name !== ours)) {
  rmSync(join(prebuilds, system), { recursive: true })
}
for (const windows of ['third_party', 'deps']) {
  rmSync(join(nodePty, windows), { recursive: true, force: true })
}
copyFileSync(built, join(prebuilds, ours, 'pty.node'))
