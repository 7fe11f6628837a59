// Bundles the CLI into dist/cli: loading some four hundred modules one by one takes longer than all else that guise
// does before a guest starts. Commands stay in chunks of their own, loaded when they are called.
import { build } from 'esbuild'

await build({
  entryPoints: ['runner/main.ts'],
  outdir: 'dist/cli',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  // It loads its compiled addon from beside itself.
  external: ['node-pty'],
  // CommonJS packages within call require() for Node's own modules.
  banner: {
    js: "import { createRequire as guiseRequire } from 'node:module'\nconst require = guiseRequire(import.meta.url)",
  },
  logLevel: 'warning',
})
