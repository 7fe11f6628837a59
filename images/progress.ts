/** How far a kernel or the nested host is from being ready to boot. */
export type SetupProgress =
  /** What is done next, or was not as it should be, in one line. */
  | { readonly kind: 'note'; readonly text: string }
  /** Packages that are fetched; told when each starts, and once more at the end. */
  | {
      readonly kind: 'download'
      /** How many of them are there. */
      readonly done: number
      /** How many there will be, as far as is known. */
      readonly total: number
      /** The size of those that are there. */
      readonly bytes: number
    }
  /** A kernel that is built; told every second. */
  | {
      readonly kind: 'build'
      /** How many objects are built. */
      readonly done: number
      /** How many there will be; null where no build of this tree has told. */
      readonly total: number | null
      /** For how long it has been going on. */
      readonly elapsedMs: number
    }

/** Is told {@link SetupProgress}. */
export type OnProgress = (progress: SetupProgress) => void
