const cpus = '/sys/devices/system/cpu'
const topology = (core: number) =>
  [
    'physical_package_id=0',
    'die_id=0',
    `core_id=${core}`,
    'thread_siblings_list=0-1',
    'core_siblings_list=0-1',
  ].join('\n')
const caches = [
  ...['level=3', 'type=Unified', 'size=16384K', 'ways_of_associativity=16', 'number_of_sets=16384']
    .concat(['coherency_line_size=64', 'shared_cpu_list=0-1'])
    .map(line => `index3/${line}`),
  ...['level=1', 'type=Data', 'size=32K', 'ways_of_associativity=8', 'number_of_sets=64']
    .concat(['coherency_line_size=64', 'shared_cpu_list=0-1'])
    .map(line => `index0/${line}`),
].join('\n')

/** The files of a guest's report that tell of its CPUs: two threads of a core, as guest/cpus.c sends them. */
export const twoThreads: ReadonlyMap<string, string> = new Map([
  [
    '/proc/cpuinfo',
    `processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 60
model name\t: A CPU: of two threads
stepping\t: 4
microcode\t: 0x1
cpu MHz\t\t: 1000.000
cache size\t: 16384 KB
physical id\t: 0
core id\t\t: 0
apicid\t\t: 0
initial apicid\t: 0
wp\t\t: yes
flags\t\t: fpu aes sse
bugs\t\t: spectre_v1 mds
bogomips\t: 2000.00
address sizes\t: 40 bits physical, 48 bits virtual
power management:

processor\t: 1
microcode\t: 0x2
cpu MHz\t\t: 1001.000
apicid\t\t: 1
initial apicid\t: 1
flags\t\t: fpu avx sse
bogomips\t: 2001.00
`,
  ],
  [`${cpus}/online`, '0-1\n'],
  [`${cpus}/present`, '0-1\n'],
  [`${cpus}/possible`, '0-3\n'],
  [`${cpus}/smt/control`, 'on\n'],
  [`${cpus}/vulnerabilities/spectre_v1`, 'Mitigation: barriers\n'],
  [`${cpus}/vulnerabilities/mds`, 'Vulnerable\n'],
  [`${cpus}/cpu0/topology`, topology(0)],
  [`${cpus}/cpu1/topology`, topology(0)],
  [`${cpus}/cpu0/cache`, caches],
  [`${cpus}/cpu1/cache`, caches],
])
