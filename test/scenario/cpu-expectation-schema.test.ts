import t from 'tap'
import { parseScenarioFile } from '../../runner/scenario/parse.js'
import { formatProblem } from '../../runner/scenario/problem.js'

const head = 'name: a\nsummary: one line\nsource: a test\n'

t.test(
  'what is expected of a CPU says something, agrees with itself, and is called as the kernel calls it',
  t => {
    const one = (expected: string) =>
      parseScenarioFile(`${head}expect: [{ ${expected} }]\n`, 'x.yaml')
        .problems.map(formatProblem)
        .join('\n')
    for (const [expected, problem] of [
      [
        'flags: { has: [aes], lacks: [avx, aes] }',
        'flags.lacks: expected nothing that is to be there',
      ],
      [
        'flags: { lacks: [AVX] }',
        'flags.lacks[0]: expected one flag as /proc/cpuinfo has it, in lower',
      ],
      [
        'flags: { has: [/aes/] }',
        'flags.has[0]: expected one flag as /proc/cpuinfo has it, in lower',
      ],
      [
        'bugs: { lacks: [meltdown] }',
        'bugs.lacks[0]: expected `cpu_meltdown`, as /proc/cpuinfo calls',
      ],
      [
        'bugs: { is: [gather_data_sampling] }',
        'bugs.is[0]: expected `gds`, as /proc/cpuinfo calls',
      ],
      ['bugs: { is: [mds], has: [taa] }', 'bugs.has: expected nothing beside what `is` lists'],
      ['bugs: { is: [mds], lacks: [mds] }', 'bugs.lacks: expected nothing that is to be there'],
      [
        'topology: { smt: sometimes }',
        'topology.smt: expected one of on, off, forceoff, notsupported',
      ],
      ...[
        'cpu: {}',
        'flags: {}',
        'flags: { has: [] }',
        'bugs: {}',
        'vulnerabilities: {}',
        'tsc: {}',
      ].map(
        empty =>
          [empty, `${empty.split(':')[0] ?? ''}: expected something that is expected`] as const,
      ),
      ['topology: { siblings: [] }', 'topology: expected something that is expected'],
      ['caches: []', 'caches: expected something that is expected'],
    ] as const)
      t.match(one(expected), problem, expected)
    for (const fine of [
      'bugs: { is: [] }',
      'bugs: { is: [mds], has: [mds] }',
      'cpu: { stepping: 0 }',
    ])
      t.equal(one(fine), '', fine)
    t.end()
  },
)
