import t from 'tap'

import { buildNative, kvmSkip, runTiny, statusDone, statusRefused } from './tiny-guest.js'

await buildNative()

/** On some hosts KVM itself changes leaf 1, so most tests use leaves that nothing else touches. */
const skip = { skip: kvmSkip }

const keepAll = '0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0'
const zero = '00000000 00000000 00000000 00000000'

async function answers(
  table: readonly string[] | undefined,
  leaves: readonly string[],
): Promise<Record<string, string>> {
  // With a CPU of Intel's an absent leaf reads as the highest basic one, on some hosts and not on others.
  const cpu = 'qemu64,vendor=AuthenticAMD'
  const result = await runTiny({ accel: 'kvm', cpu, ...(table && { table }), leaves })
  if (result.status !== statusDone)
    throw new Error(`status ${result.status ?? 'none'}: ${result.stderr}`)
  return Object.fromEntries(result.answers)
}

await t.test('listed leaves, a subleaf and a hidden hypervisor reach the guest', skip, async t => {
  const got = await answers(
    [
      'absent 0x40000000 0x4000ffff -',
      'leaf 0x40000000 - - 0x0 0x40000010 0x0 0x61774d56 0x0 0x4d566572 0x0 0x65726177',
      'leaf 0x40000010 - - 0xffffffff 0x1 0xffffffff 0x2 0xffffffff 0x3 0xffffffff 0x4',
      'leaf 0x40000055 0x2 - 0x0 0x11 0x0 0x22 0x0 0x33 0x0 0x44',
      'leaf 0x40000056 0x1 - 0x0 0x1 0x0 0x0 0x0 0x0 0x0 0x0',
      'leaf 0x40000056 - - 0x0 0x2 0x0 0x0 0x0 0x0 0x0 0x0',
      'leaf 0x1 - - 0xffffffff 0x0 0xffffffff 0x0 0x7fffffff 0x0 0xffffffff 0x0',
    ],
    [
      '1',
      '40000000',
      '40000001',
      '40000010',
      '40000055',
      '40000055.2',
      '40000056',
      '40000056.1',
      '4000ffff',
    ],
  )
  const { 1: first = '', ...rest } = got
  t.match(first.split(' ')[2], /^[0-7]/, 'CPUID.01H:ECX[31] is clear')
  t.same(rest, {
    40000000: '40000010 61774d56 4d566572 65726177',
    40000001: zero,
    40000010: '00000001 00000002 00000003 00000004',
    40000055: zero,
    '40000055.2': '00000011 00000022 00000033 00000044',
    40000056: '00000002 00000000 00000000 00000000',
    '40000056.1': '00000001 00000000 00000000 00000000',
    '4000ffff': zero,
  })
})

await t.test(
  "model: QEMU's own leaves stay, kept bits stay, a new leaf starts from zero",
  skip,
  async t => {
    const leaves = ['40000000', '40000001', '40000010', '40000011', '80000008']
    const own = await answers(undefined, leaves)
    t.match(own['40000000'], /4b4d564b 564b4d56 0000004d$/, 'KVMKVMKVM without the override')
    t.not(own['40000001'], zero)
    t.not(own['80000008'], zero)
    const [features = ''] = own['40000001']?.split(' ') ?? []
    const got = await answers(
      [
        'leaf 0x40000001 - - 0xfffffffe 0x80000000 0xffffffff 0x5 0xffffffff 0x0 0xffffffff 0x0',
        `leaf 0x40000010 - - ${keepAll}`,
        'remove 0x80000008 - -',
      ],
      leaves,
    )
    const eax = (((parseInt(features, 16) & 0xfffffffe) | 0x80000000) >>> 0)
      .toString(16)
      .padStart(8, '0')
    t.same(got, {
      40000000: own['40000000'],
      40000001: `${eax} 00000005 00000000 00000000`,
      40000010: zero,
      40000011: zero,
      80000008: zero,
    })
  },
)

await t.test('more entries than KVM takes are refused before the guest starts', skip, async t => {
  const table = Array.from(
    { length: 256 },
    (_, i) => `leaf 0x5000${i.toString(16).padStart(4, '0')} - - ${keepAll}`,
  )
  const result = await runTiny({ accel: 'kvm', table, leaves: ['1'] })
  t.match(
    result.stderr,
    /^guise: override: expected a table that leaves at most 256 CPUID entries/m,
  )
  t.equal(result.status, statusRefused)
})

await t.test('a table for TCG is refused under KVM before the guest starts', skip, async t => {
  const result = await runTiny({ accel: 'kvm', mechanism: 'tcg', table: [], leaves: ['1'] })
  t.match(
    result.stderr,
    /^guise: override: the table is for TCG, but QEMU runs the guest with another accelerator$/m,
  )
  t.equal(result.status, statusRefused)
  t.equal(result.answers.size, 0)
})
