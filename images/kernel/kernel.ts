import type { FlagBits } from '../../runner/cpuid/flag-bits.js'
import type { FileEntry } from '../cpio.js'
import type { OnProgress } from '../progress.js'

/** A kernel that guise can boot, and what is known about it without booting it. */
export interface Kernel {
  /** The KERNEL SPEC it was found by, as the user gave it. */
  readonly spec: string
  /** Absolute path of the file for QEMU's -kernel. */
  readonly path: string
  readonly format: ImageFormat
  /** The same build as a bzImage, where `path` is a vmlinux of guise's own making; else null. */
  readonly bzImage: string | null
  /** What `uname -r` says, e.g. `6.1.0-56-cloud-amd64`. */
  readonly release: string
  /** The upstream version, e.g. `6.1.192` or `7.3.0-rc4`: the point release a distribution built, not the name of its ABI. */
  readonly version: string
  /** The line in the image that says who built what and when; a vmlinux has the compiler in it, too. */
  readonly banner: string
  /** SHA-256 of the image, in lower-case hex. */
  readonly sha256: string
  /** The build configuration; null where it is not known. */
  readonly config: KernelConfig | null
  /** Which bit of CPUID each flag of /proc/cpuinfo is, by the tree that it was built of; null where that is not here. */
  readonly flagBits: FlagBits | null
  /** Where its modules are; nothing of them is fetched or looked at before a scenario needs one. */
  readonly modules: ModuleSource
}

/** Where the modules of a kernel are. */
export type ModuleSource =
  | ModulePackages
  | GivenModules
  /** A kernel build tree. */
  | { readonly from: 'tree'; readonly path: string }
  /** /lib/modules/RELEASE of this machine, where that is there. */
  | { readonly from: 'machine' }

/** Packages of a distribution that hold modules. */
export interface ModulePackages {
  readonly from: 'packages'
  /** What messages call them. */
  readonly name: string
  /** Changes when their content does. */
  readonly key: string
  /**
   * Fetches them where they are not here yet, and unpacks their modules and `modules.builtin` into a folder.
   *
   * @returns the paths of these files
   * @throws EnvironmentError when they cannot be fetched or unpacked
   * @throws InputError when one is damaged
   */
  readonly unpack: (folder: string, options: ResolveOptions) => Promise<readonly string[]>
}

/** Modules that were looked up on another machine: those of one scenario, with all that they need. */
export interface GivenModules {
  readonly from: 'given'
  /** As files of an initramfs, or why there are none, in words. */
  readonly files: readonly FileEntry[] | { readonly unavailable: string }
}

/** `bzImage`: compressed, with a boot header. `vmlinux`: the ELF file, started through its PVH entry. */
export type ImageFormat = 'bzImage' | 'vmlinux'

/**
 * A kernel's build configuration, by option name without `CONFIG_`: `y`, `m`, a number as written, or a string's content.
 * What is not set is absent.
 */
export interface KernelConfig extends Pick<ReadonlyMap<string, string>, 'get'> {
  /** The file that it was read from, whole, where it was. */
  readonly text?: string
}

/** How one asks for a kernel. */
export interface ResolveOptions {
  /** Ends a fetch; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal
  /** Told what is being waited for, and what was not as it should be. */
  readonly onProgress?: OnProgress
}
