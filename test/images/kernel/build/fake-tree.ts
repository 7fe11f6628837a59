import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bzImage, elf } from '../synthetic.js'

/** What a fake kernel tree does when it is built. */
export interface FakeTreeOptions {
  readonly version?: readonly [number, number, number]
  /** The names of options that it knows. */
  readonly knows?: readonly string[]
  /** What the compiler says before the build fails. */
  readonly error?: string
  /** How many warnings it says after that. */
  readonly warnings?: number
  /** How many objects it compiles. */
  readonly objects?: number
  /** A shell command that is run first. */
  readonly first?: string
}

/**
 * Makes a folder that passes for a kernel source tree: its Makefile writes down which targets it was asked for, "compiles" a
 * configuration with the options that it knows, and copies small images to where a kernel's build leaves its own.
 */
export function makeFakeTree(folder: string, options: FakeTreeOptions = {}): string {
  const { version = [6, 1, 192], knows = ['PVH', 'KVM_GUEST'], error } = options
  const { warnings = 0, objects = 1, first = ':' } = options
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const release = version.join('.')
  const banner = `Linux version ${release} (guise@guise) (gcc) #1 SMP`
  write('images/vmlinux', elf({ data: Buffer.from(`${banner}\n\0`.padEnd(64, '\0')) }))
  write('images/bzImage', bzImage({ banner: `${release} (guise@guise) #1` }))
  write('arch/x86/Kconfig', knows.map(name => `config ${name}\n\tbool\n`).join(''))
  write('kernel/fork.c', 'int fork;\n')
  write(
    'scripts/kconfig/merge_config.sh',
    `#!/bin/sh\n# -m -O OUTPUT CONFIG FRAGMENT\ncat "$5" >>"$4"\n`,
  )
  chmodSync(join(folder, 'scripts/kconfig/merge_config.sh'), 0o755)
  const [major, patchlevel, sublevel] = version
  const known = knows.map(name => `-e '^CONFIG_${name}='`).join(' ')
  write(
    'Makefile',
    [
      `VERSION = ${major}`,
      `PATCHLEVEL = ${patchlevel}`,
      `SUBLEVEL = ${sublevel}`,
      'EXTRAVERSION =',
      '',
      '$(shell mkdir -p $(O); echo "$(MAKECMDGOALS) $(KBUILD_BUILD_USER) $(KBUILD_BUILD_TIMESTAMP)" >>$(O)/asked)',
      'tinyconfig:',
      '\t@echo "# CONFIG_MODULES is not set" >$(O)/.config',
      'olddefconfig:',
      `\t@grep ${known} $(O)/.config >$(O)/new; mv $(O)/new $(O)/.config`,
      'vmlinux:',
      `\t@${first}`,
      ...Array.from({ length: objects }, () => '\t@echo "  CC      kernel/fork.o"'),
      ...(error === undefined ? [] : [`\t@echo "${error}" >&2`]),
      `\t@for i in $$(seq ${warnings}); do echo "kernel/exit.c:$$i:1: warning: a fork" >&2; done`,
      error === undefined ? '\t@cp images/vmlinux $(O)/vmlinux' : '\t@false',
      'modules: vmlinux',
      '\t@touch $(O)/modules.order',
      'bzImage: vmlinux',
      '\t@mkdir -p $(O)/arch/x86/boot; cp images/bzImage $(O)/arch/x86/boot/bzImage',
      '',
    ].join('\n'),
  )
  return folder
}

/** What the Makefile of a fake tree was asked for, from a build folder: a line each time make was run. */
export function askedOf(buildFolder: string): string[] {
  return readFileSync(join(buildFolder, 'asked'), 'utf8').trimEnd().split('\n')
}

/** Has this process find all that building a kernel needs in `folder`, where the machine lacks it: programs that do nothing. */
export function fakeBuildTools(folder: string): void {
  mkdirSync(join(folder, 'openssl'), { recursive: true })
  for (const header of ['libelf.h', 'openssl/opensslv.h']) writeFileSync(join(folder, header), '')
  for (const tool of ['flex', 'bison', 'bc', 'perl', 'xz'])
    writeFileSync(join(folder, tool), '#!/bin/sh\n', { mode: 0o755 })
  process.env.PATH = `${process.env.PATH ?? ''}:${folder}`
  process.env.CPATH = folder
}
