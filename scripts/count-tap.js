#!/usr/bin/env node
// usage: count-tap.js FILE...
//
// Reads TAP files and prints `N passed, N failed, N skipped` (TODO counts as skipped). Test points are counted where they
// are made; the line that closes a subtest counts only when it says more than the points in it: a file that crashed
// after its last good point is a failure. So is a file that is absent, empty, cut short, or without any test.
// Status 1 when anything failed, or nothing was given to count.
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Parser } from 'tap-parser'

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return ''
    throw error
  }
}

/** @param {string} tap */
function count(tap) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  // These four come from the root for the points of all subtests, and spare the lines that merely close one.
  const parser = new Parser()
    .on('pass', () => counts.passed++)
    .on('fail', () => counts.failed++)
    .on('skip', () => counts.skipped++)
    .on('todo', () => counts.skipped++)
  parser.end(tap)
  const nothingRan = counts.passed + counts.failed + counts.skipped === 0
  if (nothingRan || (!parser.ok && counts.failed === 0)) counts.failed++
  return counts
}

const all = process.argv.slice(2).map(file => count(read(file)))
/** @param {'passed' | 'failed' | 'skipped'} key */
const total = key => all.reduce((sum, counts) => sum + counts[key], 0)
process.stdout.write(
  `${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped\n`,
)
process.exitCode = all.length > 0 && total('failed') === 0 ? 0 : 1
