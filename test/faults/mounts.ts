import { execa } from 'execa'

/**
 * The beginning of a command line that runs another in a mount name space of its own, after a shell command has mounted there what the
 * fault takes: this machine sees none of it. What is said where it may not be made.
 *
 * @param trial - a shell command that mounts, and must succeed
 */
export async function withMount(
  trial: string,
): Promise<{ readonly within: readonly string[] } | { readonly skip: string }> {
  const within = ['unshare', '--mount', 'sh', '-c', `${trial} && exec "$@"`, 'sh'] as const
  const [program, ...words] = [...within, 'true'] as const
  const { failed, stderr } = await execa(program, words, { reject: false })
  return failed ? { skip: `a mount of one's own needs root: ${stderr}` } : { within }
}
