/**
 * What QEMU, or a script that starts it, needs of guise's environment: where programs, libraries and temporary files are, and the
 * language of its messages. Nothing else of a user's is a guest's business, least of all tokens.
 */
const passedOn = ['PATH', 'HOME', 'LANG', 'LD_LIBRARY_PATH', 'TMPDIR']

/** The environment of a QEMU: the few variables of `own` that it needs. */
export function qemuEnvironment(
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    passedOn.flatMap(name => {
      const value = own[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
