/** The kinds of facts, as a baseline file names them, and where the parts of one stand. */
const shapes = {
  asked: 'id: value',
  outcome: 'value',
  'died in': 'value',
  'stuck in': 'value',
  ending: 'value',
  hypervisor: 'value',
  paravirt: 'value',
  'sysfs type': 'value',
  'clocksource current': 'value',
  'clocksource available': 'id',
  clockevent: 'id',
  flag: 'id',
  bug: 'id',
  cpu: 'id: value',
  topology: 'id: value',
  vulnerability: 'id: value',
  cache: 'value',
  interface: 'id value',
  mixed: 'value',
  violation: 'id: value',
  broken: 'id: value',
  log: 'value',
} as const satisfies Record<string, Shape>

type Shape = 'id' | 'value' | 'id value' | 'id: value'

/** See `shapes`. */
export type FactKind = keyof typeof shapes

/** One thing that is known of a guest, such as that its kernel adopted an interface. */
export interface Fact<Kind extends string = FactKind> {
  /** `unknown`: a line that no guise of this version writes; it is the value. */
  readonly kind: Kind | 'unknown'
  /** Which of several that there may be: an interface, a clock source, a flag, a rule. Null if there is but one. */
  readonly id: string | null
  /** Null if the fact is that there is one. */
  readonly value: string | null
}

/** A fact of which there is one a guest. */
export function single<Kind extends string>(kind: Kind, value: string): Fact<Kind> {
  return { kind, id: null, value }
}

/** What a guest was offered and adopted of an interface. */
export function interfaceFact(id: string, offered: boolean, adopted: boolean): Fact {
  const value = `${offered ? 'offered' : 'not offered'}, ${adopted ? 'adopted' : 'not adopted'}`
  return { kind: 'interface', id, value }
}

/** A fact as a line: `interface kvm.eoi offered, not adopted`. */
export function formatFact({ kind, id, value }: Fact<string>): string {
  if (kind === 'unknown') return value ?? ''
  const separator = kind !== 'unknown' && shapes[kind as FactKind] === 'id: value' ? ': ' : ' '
  return `${kind} ${[id, value].filter(part => part !== null).join(separator)}`
}

/** Reads a line that {@link formatFact} wrote. */
export function parseFact(line: string): Fact {
  const kind = (Object.keys(shapes) as FactKind[]).find(each => line.startsWith(`${each} `))
  if (kind === undefined) return { kind: 'unknown', id: null, value: line }
  const rest = line.slice(kind.length + 1)
  switch (shapes[kind]) {
    case 'id':
      return { kind, id: rest, value: null }
    case 'value':
      return { kind, id: null, value: rest }
    case 'id value':
      return { kind, ...split(rest, ' ') }
    case 'id: value':
      return { kind, ...split(rest, ': ') }
  }
}

function split(text: string, separator: string): Pick<Fact, 'id' | 'value'> {
  const at = text.indexOf(separator)
  if (at < 0) return { id: text, value: null }
  return { id: text.slice(0, at), value: text.slice(at + separator.length) }
}

/** Whether two facts are one. */
export function isSameFact(a: Fact<string>, b: Fact<string>): boolean {
  return a.kind === b.kind && a.id === b.id && a.value === b.value
}
