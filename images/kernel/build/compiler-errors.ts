/** What a diagnostic of gcc, clang, as, ld, modpost or objtool has where the build fails for it. */
const error = /(^|[\s:])(fatal )?error(: |\[)|undefined reference to|multiple definition of/i

/** What leads to the next diagnostic, and says where it is. */
const context =
  /^(In file included from |\s+from \S+:\d+|\S+: [Ii]n (member )?function |\S+: At top level)/

/** The most that is kept, in lines: what follows from the first errors is of no use to anybody. */
const maxLines = 200

/**
 * Keeps what a compiler says of errors, as it says it, with the lines that belong to each; of all that make prints on stderr. It
 * is given line by line: warnings may follow by the thousand.
 */
export class CompilerErrors {
  readonly #kept: string[] = []
  readonly #last: string[] = []
  #context: string[] = []
  #inError = false

  /** @param lastWords - how many of the last lines stand for errors that are not known as such */
  constructor(private readonly lastWords = 20) {}

  add(line: string): void {
    this.#last.push(line)
    if (this.#last.length > this.lastWords) this.#last.shift()
    if (this.#kept.length >= maxLines) return
    // make's own `*** [Makefile:10: kernel/fork.o] Error 1` says less than the compiler's.
    if (/^make(\[\d+\])?: /.test(line)) this.#end()
    else if (context.test(line)) {
      if (this.#inError) this.#end()
      this.#context.push(line)
    } else if (error.test(line)) {
      this.#kept.push(...this.#context, line)
      this.#end()
      this.#inError = true
    } else if (/: warning: /.test(line)) this.#end()
    else if (this.#inError) this.#kept.push(line)
  }

  /** The errors' lines; where none is known as one, the last lines of all. */
  get lines(): readonly string[] {
    return this.#kept.length > 0 ? this.#kept : this.#last
  }

  #end(): void {
    this.#context = []
    this.#inError = false
  }
}
