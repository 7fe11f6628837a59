import t from 'tap'
import { parseDump } from '../../runner/cpuid/dump/parse.js'
import { leafTable } from '../../runner/plan/leaf-table.js'
import { formatOverrideTable } from '../../runner/plan/override-table.js'
import { dumpSteps } from '../../runner/scenario/dump-steps.js'

/** The lines of the table that a dump comes to, with equal registers told in short. */
function lines(dump: string, guestCpus = 1, cpus?: readonly number[]): string[] {
  const steps = dumpSteps(parseDump(dump).cpus, { range: [0, 0xffffffff], cpus, guestCpus })
  const table = leafTable({ hypervisorLeaves: null, steps, machine: { cpus: guestCpus } })
  return formatOverrideTable(table, 'tcg').trimEnd().split('\n').slice(1)
}

function leaf(leaf: string, subleaf: string, ...registers: string[]): string {
  const [eax = '0', ebx = '0', ecx = '0', edx = '0'] = registers
  return `   0x${leaf} 0x${subleaf}: eax=0x${eax} ebx=0x${ebx} ecx=0x${ecx} edx=0x${edx}\n`
}

const zero = '0x00000000 0x00000000'

t.test('a leaf that a dump shows once, and that has no subleaves, reads so whatever ECX is', t => {
  t.same(lines(leaf('2', '0', '1', '2', '3', '4')), [
    'leaf 0x00000002 - - 0x00000000 0x00000001 0x00000000 0x00000002 0x00000000 0x00000003 0x00000000 0x00000004',
  ])
  t.end()
})

t.test('of a leaf with subleaves there are those of the dump and no others', t => {
  for (const text of ['4', '7', '8000001d']) {
    const name = `0x${text.padStart(8, '0')}`
    t.same(
      lines(leaf(text, '0', '1')).map(line => line.slice(0, 30).trimEnd()),
      [`remove ${name} - -`, `leaf ${name} 0x00000000 - 0`],
    )
  }
  t.same(
    lines(leaf('5', '0', '1') + leaf('5', '2', '1')).map(line => line.split(' -')[0]),
    ['remove 0x00000005', 'leaf 0x00000005 0x00000000', 'leaf 0x00000005 0x00000002'],
  )
  t.end()
})

t.test('what a dump says of a leaf takes the place of what was said before', t => {
  const steps = dumpSteps(parseDump(leaf('7', '0', '1', '2', '3', '4')).cpus, {
    range: [0, 0xffffffff],
    cpus: undefined,
    guestCpus: 1,
  })
  const before = { leaf: 7, subleaf: 1, registers: null }
  const table = leafTable({
    hypervisorLeaves: null,
    steps: [{ kind: 'edit', edit: before }, ...steps],
    machine: { cpus: 1 },
  })
  t.same(
    table.edits.map(({ subleaf }) => subleaf),
    [null, 0],
  )
  t.end()
})

t.test('what is of one CPU alone follows the vCPU', t => {
  const own = (...words: string[]) =>
    lines(leaf(...(words as [string, string])))
      .at(-1)
      ?.split(' ')
  // Words 4 to 11: what is kept and set of EAX, EBX, ECX and EDX.
  t.same(own('1', '0', '306f2', '5020800', 'fffa3203', '178bfbff')?.slice(6, 10), [
    ...['0xff000000', '0x00020800'],
    ...['0x08000000', '0xf7fa3203'],
  ])
  t.same(own('7', '0', '0', '0', '18')?.slice(8, 10), ['0x00000010', '0x00000008'])
  t.same(own('7', '1', '0', '0', '18')?.slice(8, 10), ['0x00000000', '0x00000018'])
  for (const name of ['b', '1f', '80000026']) {
    for (const line of lines(leaf(name, '0', '1', '2', '100', '5'))) {
      t.equal(line.split(' ').at(-1), '0x00000000+x2apic-id&0xffffffff', line)
    }
  }
  t.same(lines(leaf('b', '0')), [
    'remove 0x0000000b - -',
    `leaf 0x0000000b 0x00000000 - ${zero} ${zero} ${zero} ${zero}`,
  ])
  t.equal(own('d', '0', '7', '340', '340')?.[7], '0x00000000+xsave-size&0xffffffff')
  t.equal(own('d', '1', 'f', '340')?.[7], '0x00000000+xsaves-size&0xffffffff')
  t.equal(own('d', '1', '1')?.[7], '0x00000000', 'no XSAVES')
  t.equal(own('d', '2', '100', '240')?.[7], '0x00000240')
  const smt = own('8000001e', '0', '5', '102', '0', '0')
  t.same(smt?.slice(4, 8), [
    ...['0x00000000', '0x00000000+x2apic-id&0xffffffff'],
    ...['0x00000000', '0x00000100+x2apic-id>>0x1&0x000000ff'],
  ])
  t.equal(own('8000001e', '0', '5', '2')?.[7], '0x00000000+x2apic-id&0x000000ff')
  t.end()
})

const hybrid = `CPU 0:\n${leaf('1a', '0', '40000001')}CPU 2:\n${leaf('1a', '0', '20000001')}`

function eaxByCpus(guestCpus: number, cpus?: readonly number[]): string[] {
  return lines(hybrid, guestCpus, cpus).map(line => {
    const words = line.split(' ')
    return `${words[3] ?? ''} ${words[5] ?? ''}`
  })
}

t.test('each vCPU has the section of its number, or the last before it', t => {
  t.same(eaxByCpus(2), ['- 0x40000001'])
  t.same(eaxByCpus(6), ['0x0-0x1 0x40000001', '0x2-0x5 0x20000001'])
  t.end()
})

t.test('a dump for some vCPUs leaves the others alone', t => {
  t.same(eaxByCpus(4, [1, 3]), ['0x1 0x40000001', '0x3 0x20000001'])
  t.end()
})

t.test('a dump without sections comes to nothing', t => {
  t.same(lines(''), [])
  t.end()
})
