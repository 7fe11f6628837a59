import t from 'tap'

import { buildNative, runTiny, statusDone, statusRefused } from './tiny-guest.js'
import type { TinyRun } from './tiny-guest.js'

await buildNative()

const keepAll = '0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0'
const zero = '00000000 00000000 00000000 00000000'
/** QEMU's own answer to leaf 0x40000000 under TCG: TCGTCGTCGTCG, and nothing above 0x40000001. */
const tcgSignature = '40000001 54474354 43544743 47435447'

async function answers(
  table: readonly string[] | undefined,
  leaves: readonly string[],
  more: Partial<TinyRun> = {},
): Promise<Record<string, string>> {
  const result = await runTiny({ accel: 'tcg', ...(table && { table }), leaves, ...more })
  if (result.status !== statusDone)
    throw new Error(`status ${result.status ?? 'none'}: ${result.stderr}`)
  return Object.fromEntries(result.answers)
}

await t.test(
  'whole values, kept bits, set bits, subleaves and removal reach the guest',
  async t => {
    const leaves = ['0', '1', '7', '7.1', '7.2', '7.3', '80000008']
    const own = await answers(undefined, leaves)
    const got = await answers(
      [
        'leaf 0x0 - - 0xffffffff 0x0 0x0 0x756e6547 0x0 0x6c65746e 0x0 0x49656e69',
        'leaf 0x1 - - 0x0 0x00000663 0xffffffff 0x0 0x7fffffff 0x00001000 0xfffffffe 0x0',
        'leaf 0x7 0x1 - 0x0 0x11 0x0 0x22 0x0 0x33 0x0 0x44',
        'leaf 0x7 - - 0x0 0x5 0x0 0x6 0x0 0x7 0x0 0x8',
        'remove 0x7 0x3 -',
        'remove 0x80000008 - -',
      ],
      leaves,
    )
    const [, ebx = '', ecx = '', edx = ''] = own['1']?.split(' ') ?? []
    t.equal(ecx, '80002001')
    t.equal(edx, '078bfbfd')
    t.not(own['80000008'], zero)
    t.same(got, {
      0: '0000000d 756e6547 6c65746e 49656e69',
      1: `00000663 ${ebx} 00003001 078bfbfc`,
      7: '00000005 00000006 00000007 00000008',
      '7.1': '00000011 00000022 00000033 00000044',
      '7.2': '00000005 00000006 00000007 00000008',
      '7.3': zero,
      80000008: zero,
    })
  },
)

await t.test(
  'listed hypervisor leaves: all others are absent, and the listed start from zero',
  async t => {
    const got = await answers(
      [
        'absent 0x40000000 0x4000ffff -',
        'leaf 0x40000000 - - 0x0 0x40000010 0x0 0x61774d56 0x0 0x4d566572 0x0 0x65726177',
        `leaf 0x40000010 - - ${keepAll}`,
        'leaf 0x40000055 0x2 - 0xffffffff 0x0 0x0 0x22 0x0 0x0 0x0 0x0',
        'leaf 0x4000ffff - - 0x0 0x1 0x0 0x0 0x0 0x0 0x0 0x0',
      ],
      [
        '40000000',
        '40000001',
        '40000010',
        '40000055',
        '40000055.2',
        '4000ff00',
        '4000ffff',
        '40010000',
      ],
    )
    t.same(got, {
      40000000: '40000010 61774d56 4d566572 65726177',
      40000001: zero,
      40000010: zero,
      40000055: zero,
      '40000055.2': '00000000 00000022 00000000 00000000',
      '4000ff00': zero,
      '4000ffff': '00000001 00000000 00000000 00000000',
      40010000: zero,
    })
  },
)

await t.test(
  'above its maximum QEMU answers with its last basic leaf; under a table what it lacks is zero',
  async t => {
    const leaves = [
      '0',
      '1',
      '22',
      '23',
      '40000000',
      '40000001',
      '40000010',
      '40000011',
      '80000030',
      'c0000000',
    ]
    // With leaf 1 as the last basic leaf, that answer is recognisable.
    const cpu = 'qemu64,level=1'
    const own = await answers(undefined, leaves, { cpu })
    t.not(own['1'], zero)
    for (const leaf of ['22', '23', '40000010', '40000011', '80000030', 'c0000000'])
      t.equal(own[leaf], own['1'])

    const table = [
      'leaf 0x23 - - 0xffffffff 0x100 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0',
      'leaf 0x40000010 - - 0xffffffff 0x200 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0',
      'leaf 0x80000030 - - 0xffffffff 0x300 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0',
    ]
    t.same(await answers(table, leaves, { cpu }), {
      0: own['0'],
      1: own['1'],
      22: zero,
      23: '00000100 00000000 00000000 00000000',
      40000000: tcgSignature,
      40000001: zero,
      40000010: '00000200 00000000 00000000 00000000',
      40000011: zero,
      c0000000: zero,
      80000030: '00000300 00000000 00000000 00000000',
    })
  },
)

const keepRest = '0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0'

await t.test('a raised highest leaf invents no leaves, in any range', async t => {
  const cpu = 'Haswell-v4,vendor=GenuineIntel'
  const leaves = ['0', 'd', 'e', '15', '16', '17', '80000008', '80000009', '80000021', 'c0000001']
  const own = await answers(undefined, leaves, { cpu })
  t.not(own['16'], zero, 'without a table QEMU answers with its last basic leaf')
  const got = await answers(
    [
      `leaf 0x0 - - 0x0 0x16 ${keepRest}`,
      `leaf 0x80000000 - - 0x0 0x80000021 ${keepRest}`,
      `leaf 0xc0000000 - - 0x0 0xc0000004 ${keepRest}`,
    ],
    [...leaves, '80000000', 'c0000000'],
    { cpu },
  )
  t.match(got[0], /^00000016 756e6547 /)
  t.equal(got.d, own.d)
  t.equal(got['80000000']?.slice(0, 8), '80000021')
  t.equal(got['80000008'], own['80000008'])
  t.equal(got.c0000000, 'c0000004 00000000 00000000 00000000')
  for (const leaf of ['e', '15', '16', '17', '80000009', '80000021', 'c0000001'])
    t.equal(got[leaf], zero, leaf)
})

await t.test('a lowered highest leaf hides those above it but the listed ones', async t => {
  const leaves = ['1', '4', '7', 'd', '80000001', '80000002', '80000008', '40000001']
  const own = await answers(undefined, leaves, { cpu: 'max,vendor=GenuineIntel' })
  for (const leaf of leaves.slice(0, -1)) t.not(own[leaf], zero, leaf)
  const got = await answers(
    [
      `leaf 0x0 - - 0x0 0x1 ${keepRest}`,
      'leaf 0x7 0x0 - 0xffffffff 0x0 0xffffffff 0x200 0xffffffff 0x0 0xffffffff 0x0',
      `leaf 0x80000000 0x0 - 0x0 0x80000001 ${keepRest}`,
      `leaf 0x40000000 - - 0x0 0x0 ${keepRest}`,
    ],
    leaves,
    { cpu: 'max,vendor=GenuineIntel' },
  )
  t.same(got, {
    1: own['1'],
    4: zero,
    7: '00000000 00000200 00000000 00000000',
    d: zero,
    80000001: own['80000001'],
    80000002: zero,
    80000008: zero,
    40000001: own['40000001'],
  })
})

await t.test('a leaf of listed subleaves has those and no others', async t => {
  const cpu = 'max,vendor=GenuineIntel'
  const leaves = ['4', '4.1', '4.2', '4.3', '4.4']
  const own = await answers(undefined, leaves, { cpu })
  t.not(own['4.3'], zero)
  t.same(
    await answers(['remove 0x4 - -', 'leaf 0x4 0x0 - 0xff 0x100 0x0 0x1 0x0 0x2 0x0 0x3'], leaves, {
      cpu,
    }),
    {
      4: `000001${own['4']?.slice(6, 8)} 00000001 00000002 00000003`,
      ...{ 4.1: zero, 4.2: zero, 4.3: zero, 4.4: zero },
    },
  )
})

await t.test('each vCPU has the lines for it, and its own APIC id and XSAVE size', async t => {
  const table = [
    'leaf 0x1a - 0x0 0x0 0x40000001 0x0 0x0 0x0 0x0 0x0 0x0',
    'leaf 0x1a - 0x1-0x3 0x0 0x20000001 0x0 0x0 0x0 0x0 0x0 0x0',
    'leaf 0x1f - - 0x0 0x0+apic-id&0xff 0x0 0x0 0x0 0x0 0x0 0x500+x2apic-id&0xff',
    'remove 0xd - -',
    'leaf 0xd 0x0 - 0x0 0x207 0x0 0x0+xsave-size&0xffffffff 0x0 0x988 0x0 0x0',
    'leaf 0xd 0x1 - 0x0 0x1 0x0 0x0+xsaves-size&0xffffffff 0x0 0x0 0x0 0x0',
    'leaf 0xd 0x2 - 0x0 0x100 0x0 0x240 0x0 0x0 0x0 0x0',
  ]
  const got = await answers(table, ['1', '1a', '1f', 'd', 'd.1', 'd.2', 'd.9'], {
    cpu: 'max',
    args: ['-smp', '4'],
  })
  t.same(got, {
    1: got['1'],
    '1a': '40000001 00000000 00000000 00000000',
    '1f': '00000000 00000000 00000000 00000500',
    // Of no more than what XCR0 enables at reset: the area of FXSAVE and the header.
    d: '00000207 00000240 00000988 00000000',
    'd.1': '00000001 00000240 00000000 00000000',
    'd.2': '00000100 00000240 00000000 00000000',
    'd.9': zero,
  })
})

await t.test("QEMU's own signature can be switched off beneath the table", async t => {
  const leaves = ['40000000', '40000001', '40000002']
  const table = ['leaf 0x40000001 - - 0xffffffff 0x1 0xffffffff 0x0 0xffffffff 0x0 0xffffffff 0x0']
  t.same(await answers(table, leaves, { cpu: 'qemu64,tcg-cpuid=off' }), {
    40000000: zero,
    40000001: '00000001 00000000 00000000 00000000',
    40000002: zero,
  })
})

await t.test('SeaBIOS, which hangs on a Xen of too few leaves, is spared the table', async t => {
  const xen = '0x0 0x566e6558 0x0 0x65584d4d 0x0 0x4d4d566e'
  for (const machine of ['pc', 'q35']) {
    for (const highest of ['0x40000001', '0x40000000']) {
      const got = await answers(
        ['absent 0x40000000 0x4000ffff -', `leaf 0x40000000 - - 0x0 ${highest} ${xen}`],
        ['40000000', '40000001'],
        { machine, args: ['-smp', '2'] },
      )
      t.same(
        got,
        { 40000000: `${highest.slice(2)} 566e6558 65584d4d 4d4d566e`, 40000001: zero },
        `${machine}, highest leaf ${highest}`,
      )
    }
  }
})

await t.test(
  'a table for KVM is refused under TCG before the guest has asked anything',
  async t => {
    const result = await runTiny({ accel: 'tcg', mechanism: 'kvm', table: [], leaves: ['1'] })
    t.match(
      result.stderr,
      /^guise: override: the table is for KVM, but QEMU runs the guest with TCG$/m,
    )
    t.equal(result.status, statusRefused)
    t.equal(result.answers.size, 0)
  },
)

await t.test('a bad table ends QEMU before it starts', async t => {
  const result = await runTiny({ accel: 'tcg', table: ['leaf'], leaves: ['1'] })
  t.match(
    result.stderr,
    /^guise: override: \/.*\/table:2: expected a leaf, got the end of the line$/,
  )
  t.equal(result.status, statusRefused)
})

await t.test(
  'what QEMU sets nothing of reads as zero, and not as what lay on its stack',
  async t => {
    // Leaf 0x1c of a CPU without a PMU: target/i386/cpu.c, cpu_x86_cpuid().
    const got = await answers(['leaf 0x1 - - ' + keepAll], ['1c'], { cpu: 'qemu64,level=0x1c' })
    t.same(got, { '1c': zero })
  },
)
