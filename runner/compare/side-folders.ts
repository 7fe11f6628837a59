/**
 * The folders that two sides keep their records in, below the one that the user named: two, whatever the sides are called.
 *
 * @param names - of the sides, as the user named them
 */
export function sideFolders([a, b]: readonly [string, string]): readonly [string, string] {
  const [one, two] = [fileName(a), fileName(b)]
  return [one, one === two ? `${two}-2` : two]
}

function fileName(name: string): string {
  return name.replaceAll(/[^\w.+-]|^\.+/g, '_')
}
