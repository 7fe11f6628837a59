/** A function of a kernel, as the kernel is linked: without what KASLR adds. */
export interface KernelSymbol {
  readonly address: bigint
  /** As the linker has it, what gcc made of it (`.isra.0`) behind it. */
  readonly name: string
}

/** A place in a kernel's code. */
export interface CodePlace {
  /** The function, without what gcc appends to those that it splits or changes: `.isra.0`, `.constprop.0`, `.cold`. */
  readonly name: string
  /** Bytes from its beginning. */
  readonly offset: number
}

/** The functions of a kernel, found by an address inside them. */
export class SymbolTable {
  readonly #symbols: readonly KernelSymbol[]

  constructor(symbols: readonly KernelSymbol[]) {
    this.#symbols = symbols.toSorted((a, b) =>
      a.address < b.address ? -1 : a.address > b.address ? 1 : 0,
    )
  }

  /** How many functions it knows. */
  get size(): number {
    return this.#symbols.length
  }

  /** All of them, by address. */
  get symbols(): readonly KernelSymbol[] {
    return this.#symbols
  }

  /** The places of all functions that have this very name; static ones may share it. */
  addressesOf(name: string): bigint[] {
    const named = this.#symbols.filter(symbol => symbol.name === name)
    return [...new Set(named.map(({ address }) => address))]
  }

  /** The function that holds an address; null where none does. Of several names for one place the first function's is taken. */
  find(address: bigint): CodePlace | null {
    const symbols = this.#symbols
    let [low, high] = [0, symbols.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((symbols[middle]?.address ?? 0n) <= address) low = middle + 1
      else high = middle
    }
    const last = symbols[low - 1]
    if (last === undefined || low === symbols.length) return null
    const first = this.#namesAt(low - 1).find(({ name }) => !boundary.test(name))
    if (first === undefined) return null
    const offset = Number(address - first.address)
    return offset > maxFunctionSize ? null : { name: functionName(first.name), offset }
  }

  /** One line for each function: its address in hexadecimal, and its name. */
  toText(): string {
    return this.#symbols.map(({ address, name }) => `${address.toString(16)} ${name}\n`).join('')
  }

  /** Reads what {@link toText} has written; other lines are passed over. */
  static fromText(text: string): SymbolTable {
    const symbols = text.split('\n').flatMap(line => {
      const [, address, name] = /^([0-9a-f]{16}) (\S+)$/.exec(line) ?? []
      return address === undefined || name === undefined
        ? []
        : [{ address: BigInt(`0x${address}`), name }]
    })
    return new SymbolTable(symbols)
  }

  /** All names of the place that the symbol at `index` has. */
  #namesAt(index: number): readonly KernelSymbol[] {
    const address = this.#symbols[index]?.address
    let first = index
    while (first > 0 && this.#symbols[first - 1]?.address === address) first -= 1
    return this.#symbols.slice(first, index + 1)
  }
}

// Where the linker's script begins and ends sections of code: no function's beginning, but the end of one.
const boundary = /^_(?:[se](?:init)?)?text$/

// The largest functions of a kernel have some 100 KB; behind it lies another section.
const maxFunctionSize = 2 ** 20

/** A function's name as its source has it. */
export function functionName(symbol: string): string {
  const dot = symbol.indexOf('.', 1)
  return dot === -1 ? symbol : symbol.slice(0, dot)
}
