// Bundles the CLI into dist/cli, with V8's code cache of the bundle: loading and compiling some four hundred modules one
// by one takes longer than all else that guise does before a guest starts.
import { build } from 'esbuild'
import { spawnSync } from 'node:child_process'
import { copyFileSync, statSync } from 'node:fs'
import process from 'node:process'
import { URL } from 'node:url'

/** zod's messages in forty languages, of which guise speaks English: a sixth of the bundle. */
const oneLanguage = {
  name: 'one-language',
  setup(bundler) {
    bundler.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js"',
    }))
  },
}

await build({
  entryPoints: ['runner/main.ts'],
  outfile: 'dist/cli/guise.cjs',
  bundle: true,
  platform: 'node',
  // V8 makes no code cache that outlives the process for ES modules.
  format: 'cjs',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  // One loads its compiled addon from beside itself; the others are for `--queue` alone.
  external: ['node-pty', 'bullmq', 'ioredis'],
  plugins: [oneLanguage],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: 'const bundleUrl=require("node:url").pathToFileURL(__filename).href;' },
  logLevel: 'warning',
})
copyFileSync(new URL('load-cli.cjs', import.meta.url), 'dist/cli/main.cjs')

// It ends for want of a kernel, after everything that starts a guest was loaded, which is what the cache is for.
spawnSync(process.execPath, ['dist/cli/main.cjs', 'run', '--dry-run', '--kernel', '/dev/null'], {
  env: { ...process.env, GUISE_MAKE_CODE_CACHE: '1' },
  stdio: 'ignore',
})
statSync('dist/cli/guise.v8-cache')
