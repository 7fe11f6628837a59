import { trouble } from '../kernel-trouble.js'
import type { BrokenRule } from './broken-rule.js'

// What the command line says is nobody's trouble.
const echoed = /^(?:Kernel command line|Command line|Unknown kernel command line parameters)\b/

/** What a guest that came up must not have in its log; each text once. */
export function logRules(log: readonly string[], editsLeaves: boolean): BrokenRule[] {
  const once = (lines: readonly string[]) => [...new Set(lines)]
  return [
    ...once(log.filter(line => trouble.test(line))).map((shown): BrokenRule => ({
      rule: 'warning',
      shown,
      mayBeAsked: editsLeaves,
    })),
    // include/linux/printk.h, FW_BUG.
    ...once(log.filter(line => line.includes('[Firmware Bug]') && !echoed.test(line))).map(
      (shown): BrokenRule => ({
        rule: 'firmware-bug',
        shown,
        mayBeAsked: editsLeaves,
      }),
    ),
  ]
}
