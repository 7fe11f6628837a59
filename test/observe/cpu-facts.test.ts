import t from 'tap'
import { cpuFactsOf } from '../../runner/observe/cpu-facts.js'
import { countOfList } from '../../runner/observe/cpu-ranges.js'
import { parseCpuinfo } from '../../runner/observe/cpuinfo.js'
import { twoThreads } from './two-threads.js'

t.test('CPUs after the first have what differs, and all the rest of the first', t => {
  const cpus = parseCpuinfo(twoThreads.get('/proc/cpuinfo') ?? '')
  t.same([...cpus.keys()], [0, 1])
  t.equal(cpus.get(1)?.get('apicid'), '1')
  t.equal(cpus.get(1)?.get('vendor_id'), 'GenuineIntel')
  const zhaoxin = parseCpuinfo(
    'processor\t: 0\nvendor_id\t:   Shanghai  \npower management:\n',
  ).get(0)
  t.equal(zhaoxin?.get('vendor_id'), '  Shanghai  ', 'blanks that are part of a name')
  t.equal(zhaoxin?.get('power management'), '')
  t.equal(parseCpuinfo('').size, 0)
  t.equal(parseCpuinfo('processor\t: x\n\nnothing\n').size, 0, 'no number is no CPU')
  t.end()
})

t.test('what the kernel made of its CPUs', t => {
  const facts = cpuFactsOf(twoThreads)
  t.same(facts, {
    vendor: 'GenuineIntel',
    family: 6,
    model: 60,
    stepping: 4,
    name: 'A CPU: of two threads',
    microcode: '0x1',
    addressBits: { physical: 40, virtual: 48 },
    cacheKiB: 16384,
    tlb: null,
    others: { wp: 'yes' },
    bugs: ['mds', 'spectre_v1'],
    vulnerabilities: { mds: 'Vulnerable', spectre_v1: 'Mitigation: barriers' },
    smt: 'on',
    xsave: null,
    apic: null,
    online: '0-1',
    present: '0-1',
    possible: '0-3',
    topology: { packages: 1, dies: 1, cores: 1, threads: 2, online: 2 },
    caches: [
      {
        level: 1,
        type: 'Data',
        sizeKiB: 32,
        ways: 8,
        sets: 64,
        lineBytes: 64,
        sharedBy: ['0-1'],
      },
      {
        level: 3,
        type: 'Unified',
        sizeKiB: 16384,
        ways: 16,
        sets: 16384,
        lineBytes: 64,
        sharedBy: ['0-1'],
      },
    ],
    cpus: [
      {
        cpu: 0,
        apicId: 0,
        initialApicId: 0,
        package: 0,
        die: 0,
        core: 0,
        siblings: '0-1',
        packageSiblings: '0-1',
        differs: {},
      },
      {
        cpu: 1,
        apicId: 1,
        initialApicId: 1,
        package: 0,
        die: 0,
        core: 0,
        siblings: '0-1',
        packageSiblings: '0-1',
        differs: { flags: '+avx -aes', microcode: '0x2' },
      },
    ],
  })
  t.equal(cpuFactsOf(new Map()), null, 'a guest that says nothing')
  t.end()
})

t.test('lists of CPUs', t => {
  t.equal(countOfList('0'), 1)
  t.equal(countOfList('0-3,5,8-9'), 7)
  t.equal(countOfList(''), 0)
  t.equal(countOfList('3-1'), 0)
  t.end()
})
