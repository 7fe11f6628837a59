import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { packageRoot } from '../runner/paths.js'

// The stages of the data's way, each with what it may import: what stands before it.
const stages = [
  [
    'runner/bounded-file',
    'runner/errors',
    'runner/group-by',
    'runner/installation',
    'runner/make-folders',
    'runner/paths',
    'runner/read-only',
    'runner/temporary-folder',
    'runner/terminal',
    'runner/user-folder',
    'runner/version',
  ],
  ['runner/cache'],
  ['runner/cpuid'],
  ['runner/hypervisors'],
  ['runner/scenario'],
  ['runner/plan'],
  ['images'],
  ['runner/launch'],
  ['runner/console'],
  ['runner/observe'],
  ['runner/judge'],
  ['runner/record'],
  ['runner/report'],
  ['runner/baseline'],
  ['runner/matrix'],
  ['runner/compare'],
  ['runner/page'],
  ['runner/run'],
  ['runner/fleet'],
  ['runner/bisect'],
  ['runner/commands'],
  ['runner/main', 'runner/index'],
]

interface Source {
  readonly path: string
  readonly text: string
  /** What it names, types and what is loaded on demand among them; paths of its own from the root. */
  readonly imports: readonly string[]
}

const sources: readonly Source[] = ['runner', 'images'].flatMap(folder =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => read(join(folder, name))),
)

function read(path: string): Source {
  const text = readFileSync(join(packageRoot, path), 'utf8')
  const imports = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName)
  return {
    path,
    text,
    imports: imports.map(name => (name.startsWith('.') ? join(dirname(path), name) : name)),
  }
}

function stageOf(path: string): number {
  const name = path.replace(/\.[jt]s$/, '')
  return stages.findIndex(places =>
    places.some(place => name === place || name.startsWith(`${place}/`)),
  )
}

function importersOf(name: string): string[] {
  return sources.filter(({ imports }) => imports.includes(name)).map(({ path }) => path)
}

t.test('every source belongs to a stage', t => {
  t.ok(sources.length > 50)
  t.same(
    sources.map(({ path }) => path).filter(path => stageOf(path) < 0),
    [],
  )
  t.end()
})

t.test('imports point only to the left', t => {
  const wrong = sources.flatMap(({ path, imports }) =>
    imports
      .filter(name => /^(runner|images)\//.test(name))
      .filter(name => stageOf(name) > stageOf(path))
      .map(name => `${path} imports ${relative('.', name)}`),
  )
  t.same(wrong, [])
  t.end()
})

t.test('no imports go in a circle, those of types among them', t => {
  const importsOf = new Map(
    sources.map(({ path, imports }) => [path, imports.map(name => name.replace(/\.js$/, '.ts'))]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, way: readonly string[]) => {
    const start = way.indexOf(path)
    if (start >= 0) circles.push([...way.slice(start), path].join(' -> '))
    if (start >= 0 || done.has(path)) return
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const { path } of sources) visit(path, [])
  t.same(circles, [])
  t.end()
})

t.test('one module each owns what is easy to leak', t => {
  t.same(importersOf('node-pty'), ['runner/console/pty.ts'])
  t.same(importersOf('tmp-promise'), ['runner/temporary-folder.ts'])
  t.end()
})

/** The sources in which a pattern occurs. */
function using(pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)
}

t.test('stderr is written to by one module, which takes no failure for its own', t => {
  t.same(using(/\bprocess\.stderr/), ['runner/terminal/standard-error.ts'])
  t.same(using(/\bconsole\.(?:log|info|warn|error|debug|trace)\(/), [])
  t.same(using(/\bwriteSync\(\s*[12]\b/), [])
  t.same(using(/\bprocess\.stdout\.write/), ['runner/commands/standard-output.ts'])
  t.end()
})

t.test('folders are made by one module, since in /proc Node never comes back', t => {
  t.same(using(/\bmkdir(Sync)?\((?:[^()]|\([^()]*\))*recursive/), [])
  t.same(using(/\bmkdtemp/), [])
  t.end()
})
