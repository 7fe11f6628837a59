#!/usr/bin/env node
// Status 0 when node_modules holds what package-lock.json asks for, so that scripts/setup can spare `npm ci`.
// npm keeps a lockfile of what it installed in node_modules (npm-shrinkwrap docs, "Hidden Lockfiles") and writes it last.
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { isDeepStrictEqual } from 'node:util'

const installedLock = 'node_modules/.package-lock.json'

/**
 * The packages of a lockfile, by folder, but for the project itself, which only one of the two names.
 *
 * @param {string} lockfile
 * @returns {Record<string, { optional?: boolean }>}
 */
function entries(lockfile) {
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8'))
  return Object.fromEntries(Object.entries(packages).filter(([folder]) => folder !== ''))
}

function modulesAreCurrent() {
  if (!existsSync(installedLock)) return false
  const wanted = entries('package-lock.json')
  const installed = entries(installedLock)
  return (
    Object.keys(installed).every(folder => folder in wanted) &&
    // Optional ones are made for other systems, and left out on this one.
    Object.entries(wanted).every(([folder, entry]) =>
      folder in installed ? isDeepStrictEqual(installed[folder], entry) : entry.optional === true,
    )
  )
}

process.exitCode = modulesAreCurrent() ? 0 : 1
