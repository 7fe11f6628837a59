import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parseTreeFlags, readTreeFlags } from '../../../images/kernel/tree-flags.js'

// As Linux 6.1 and later have them, in short.
const sources = {
  features: `#define NCAPINTS 21
#define X86_FEATURE_FPU			( 0*32+ 0) /* Onboard FPU */
#define X86_FEATURE_XMM3		( 4*32+ 0) /* "pni" SSE-3 */
#define X86_FEATURE_K8			( 3*32+ 4) /* "" Opteron, Athlon64 */
#define X86_FEATURE_NEW_THING		( 5*32+ 7) /* "" A new thing */
#define X86_FEATURE_HW_PSTATE		( 3*32+ 8) /* AMD HW-PState */
#define X86_BUG_F00F			X86_BUG(0) /* Intel F00F */
`,
  words: `enum cpuid_leafs
{
	CPUID_1_EDX		= 0,
	CPUID_8000_0001_EDX,
	CPUID_LNX_1,
	CPUID_LNX_2,
	CPUID_1_ECX,
	CPUID_7_1_EAX,
	NR_CPUID_WORDS,
};`,
  scattered: `	{ X86_FEATURE_HW_PSTATE,	CPUID_EDX,  7, 0x80000007, 0 },
	{ X86_FEATURE_UNKNOWN,	CPUID_EDX,  7, 0x80000007, 0 },
	{ 0, 0, 0, 0, 0 }`,
}

t.test('the flags of a tree, by the names that it shows', t => {
  t.same(
    [...parseTreeFlags(sources)],
    [
      ['fpu', [{ leaf: 1, subleaf: 0, register: 'edx', bit: 0 }]],
      ['pni', [{ leaf: 1, subleaf: 0, register: 'ecx', bit: 0 }]],
      ['new_thing', [{ leaf: 7, subleaf: 1, register: 'eax', bit: 7 }]],
      ['hw_pstate', [{ leaf: 0x80000007, subleaf: 0, register: 'edx', bit: 7 }]],
    ],
  )
  t.end()
})

t.test('they are read from the tree, or from the one beside a build', async t => {
  const folder = t.testdir()
  const write = (tree: string) => {
    for (const [path, text] of [
      ['arch/x86/include/asm/cpufeatures.h', sources.features],
      ['arch/x86/include/asm/cpufeature.h', sources.words],
    ] as const) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
  }
  t.equal(await readTreeFlags(folder), null)
  write(join(folder, 'source'))
  t.equal((await readTreeFlags(folder))?.size, 3, 'without scattered.c its flags are not known')
  writeFileSync(join(folder, 'source/arch/x86/include/asm/cpufeature.h'), 'nothing')
  t.equal(await readTreeFlags(folder), null)
})
