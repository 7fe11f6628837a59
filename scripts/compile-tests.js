// Compiles the sources and their tests to dist/tests, for the unit tier: 150 processes that each had TypeScript compiled as they
// load it took a third longer. A single file is run as it stands: `npx tap test/FILE.test.ts`.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'

const outdir = 'dist/tests'
rmSync(outdir, { recursive: true, force: true })
await build({
  entryPoints: ['runner/**/*.ts', 'images/**/*.ts', 'test/**/*.ts'],
  outdir,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
})
