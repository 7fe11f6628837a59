import t from 'tap'
import { knownFlagBits } from '../../../runner/cpuid/flag-bits.js'
import { zeroRegisters } from '../../../runner/cpuid/leaf.js'
import { cpuFactsOf } from '../../../runner/observe/cpu-facts.js'
import { flagRules } from '../../../runner/observe/sanity/flag-rules.js'
import { twoThreads } from '../two-threads.js'

const [aes, avx] = [1 << 25, 1 << 28]
/** A vCPU with SSE and these bits of leaf 1's ECX. */
const dump = (cpu: number, ecx: number) => ({
  cpu,
  leaves: [{ leaf: 1, subleaf: 0, registers: { ...zeroRegisters, ecx, edx: (1 << 25) | 1 } }],
})
// The first has AES and the second AVX.
const cpu = cpuFactsOf(twoThreads)
const flags = ['fpu', 'aes', 'sse']

/** What is broken of two vCPUs with these bits. */
function broken(first: number, second: number, commandLine = ''): string[] {
  const dumps = [dump(0, first), dump(1, second)]
  return flagRules({ flags, cpu }, dumps, knownFlagBits, commandLine).map(({ shown }) => shown)
}

t.test('each vCPU is held to its own CPUID', t => {
  t.same(broken(aes, avx), [])
  t.same(broken(aes, 0), ['CPU 1: avx: clear is ECX bit 28 of leaf 0x1'])
  t.same(broken(0, avx), ['aes: clear is ECX bit 25 of leaf 0x1'])
  t.same(broken(aes | avx, aes | avx), [], 'a flag that one lacks is its own affair')
  t.end()
})

t.test('what is so of several is told once', t => {
  const same = { ...cpu, cpus: cpu?.cpus.map(each => ({ ...each, differs: {} })) ?? [] }
  const told = (facts: typeof cpu) =>
    flagRules({ flags, cpu: facts }, [dump(0, 0), dump(1, 0)], knownFlagBits, '').length
  t.equal(told(cpu && { ...cpu, cpus: same.cpus }), 1)
  t.equal(told(cpu), 2, 'two flags')
  t.end()
})

t.test('a flag that the command line sets has no bit', t => {
  t.same(broken(aes, 0, 'quiet setcpuid=avx'), [])
  t.same(broken(0, 0, 'setcpuid=sse4_1,avx,aes quiet'), [])
  t.same(broken(aes, 0, 'setcpuid=156'), [], 'which one a number is differs by version')
  t.same(broken(aes, 0, 'setcpuid=aes').length, 1)
  t.same(broken(aes, 0, 'xsetcpuid=avx').length, 1)
  t.end()
})
