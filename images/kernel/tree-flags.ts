import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bitsByFlag, type FlagBit, type FlagBits } from '../../runner/cpuid/flag-bits.js'
import { type RegisterName, registerNames } from '../../runner/cpuid/leaf.js'
import { readBuildRecord } from './build/build-record.js'

/** The texts of a source tree that say which bit of CPUID each flag is. */
export interface FlagSources {
  /** arch/x86/include/asm/cpufeatures.h: the flags by word and bit. */
  readonly features: string
  /** arch/x86/include/asm/cpufeature.h: which leaf each word is, enum cpuid_leafs. */
  readonly words: string
  /** arch/x86/kernel/cpu/scattered.c: the flags that have no word of CPUID. */
  readonly scattered: string
}

const paths = {
  features: 'arch/x86/include/asm/cpufeatures.h',
  words: 'arch/x86/include/asm/cpufeature.h',
  scattered: 'arch/x86/kernel/cpu/scattered.c',
}

/**
 * What the tree of a kernel says of the flags in /proc/cpuinfo; null where no tree can be read, or it says none that guise understands.
 *
 * @param folder - a build folder: guise's own, one that `make O=` made, or the tree itself
 */
export async function readTreeFlags(folder: string): Promise<FlagBits | null> {
  const record = await readBuildRecord(folder)
  const trees = [...(record ? [record.tree] : []), join(folder, 'source'), folder]
  for (const tree of trees) {
    const text = (path: string) => readFile(join(tree, path), 'utf8').catch(() => null)
    const [features, words, scattered] = await Promise.all([
      text(paths.features),
      text(paths.words),
      text(paths.scattered),
    ])
    if (features === null || words === null) continue
    const found = parseTreeFlags({ features, words, scattered: scattered ?? '' })
    return found.size === 0 ? null : found
  }
  return null
}

/** Which bits of CPUID the flags stand for, by the names that /proc/cpuinfo shows or would show. */
export function parseTreeFlags({ features, words, scattered }: FlagSources): FlagBits {
  const leaves = parseWords(words)
  const names = new Map<string, string>()
  const bits: [string, FlagBit][] = []
  const define =
    /^#define\s+X86_FEATURE_(\w+)\s+\(\s*(\d{1,2})\s*\*\s*32\s*\+\s*(\d{1,2})\s*\)(?:\s*\/\*\s*"([^"\n]*)")?/gm
  for (const [, macro = '', word, bit, shown] of features.matchAll(define)) {
    const name = shown || macro.toLowerCase()
    names.set(macro, name)
    const place = leaves[Number(word)]
    if (place != null && Number(bit) < 32) bits.push([name, { ...place, bit: Number(bit) }])
  }
  const entry =
    /\{\s*X86_FEATURE_(\w+),\s*CPUID_(E[ABCD]X),\s*(\d+),\s*(0x[0-9a-fA-F]+),\s*(\d+)\s*\}/g
  for (const [, macro = '', register = '', bit, leaf, subleaf] of scattered.matchAll(entry)) {
    const name = names.get(macro)
    const found = registerNamed(register)
    if (name === undefined || found === undefined) continue
    bits.push([
      name,
      { leaf: Number(leaf), subleaf: Number(subleaf), register: found, bit: Number(bit) },
    ])
  }
  return bitsByFlag(bits)
}

type Word = Omit<FlagBit, 'bit'>

/** The words in their order; null for those that Linux defines itself. */
function parseWords(text: string): (Word | null)[] {
  const body = /enum cpuid_leafs\s*\{([^}]*)\}/.exec(text)?.[1] ?? ''
  return [...body.matchAll(/\bCPUID_(\w+)/g)].map(([, name = '']) => parseWord(name))
}

/** `7_1_EAX`, `8000_0001_EDX`, `1_ECX`. */
function parseWord(name: string): Word | null {
  const found = /^(?:([0-9A-F]{4})_([0-9A-F]{4})|([0-9A-F]{1,2}))(?:_([0-9A-F]))?_(E[ABCD]X)$/.exec(
    name,
  )
  if (found === null) return null
  const [, high, low, basic, subleaf, register = ''] = found
  const named = registerNamed(register)
  if (named === undefined) return null
  return {
    leaf: parseInt(basic ?? `${high}${low}`, 16),
    subleaf: parseInt(subleaf ?? '0', 16),
    register: named,
  }
}

function registerNamed(name: string): RegisterName | undefined {
  return registerNames.find(register => register === name.toLowerCase())
}
