#!/usr/bin/env node
// Runs the bundle beside it with V8's code cache of it, made by bundle-cli.js and quickstart: compiling the bundle anew
// takes longer than all else that guise does before a guest starts. V8 takes no cache of another version or of another
// source, and then compiles.
const { readFileSync, renameSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { join } = require('node:path')
const { Script } = require('node:vm')

const bundle = join(__dirname, 'guise.cjs')
const cache = join(__dirname, 'guise.v8-cache')
const making = process.env.GUISE_MAKE_CODE_CACHE === '1'

// Taken away by scripts/guise for Node's own start.
const { GUISE_NODE_EXTRA_CA_CERTS: certificates } = process.env
if (certificates !== undefined) {
  process.env.NODE_EXTRA_CA_CERTS = certificates
  delete process.env.GUISE_NODE_EXTRA_CA_CERTS
}

/** @returns {Buffer | undefined} */
function readCache() {
  try {
    return making ? undefined : readFileSync(cache)
  } catch {
    return undefined
  }
}

// The bundler writes ASCII alone, and Latin-1 takes half the memory.
const script = new Script(Module.wrap(readFileSync(bundle, 'latin1')), {
  filename: bundle,
  cachedData: readCache(),
})
const loaded = new Module(bundle, module)
loaded.filename = bundle
loaded.paths = module.paths
if (making) {
  // At the end it holds the functions that were called, too.
  process.on('exit', () => {
    const partial = `${cache}.${process.pid}`
    try {
      writeFileSync(partial, script.createCachedData())
      renameSync(partial, cache)
    } catch {
      // Another user's checkout: guise works without it, only slower, and the build looks whether it is there.
    }
  })
}
script
  .runInThisContext()
  .call(loaded.exports, loaded.exports, loaded.require.bind(loaded), loaded, bundle, __dirname)
