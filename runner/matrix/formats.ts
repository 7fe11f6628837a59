/** Every format of `guise matrix`. */
export const matrixFormats = ['text', 'json', 'tap'] as const

/** The name of one. */
export type MatrixFormat = (typeof matrixFormats)[number]
