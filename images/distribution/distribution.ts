import type { EnvironmentError } from '../../runner/errors.js'
import type { FetchableQemu } from '../../runner/plan/better-qemu.js'
import type { ModulePackages, ResolveOptions } from '../kernel/kernel.js'

/** What guise needs of a Linux distribution: its kernels, their sources and their modules. Nothing of it is ever installed. */
export interface Distribution {
  /** What its KERNEL SPECs start with, before the colon, such as `debian`. What follows is for the distribution alone to read. */
  readonly name: string
  /** What people call it. */
  readonly title: string
  /** The forms of its KERNEL SPECs, such as `debian:SUITE`, for messages. */
  readonly specForms: readonly string[]
  /** How the names of its package files end, such as `.deb`. */
  readonly packageSuffix: string

  /**
   * Lists its kernels.
   *
   * @param all - every one, instead of the newest of each suite, series and flavour
   */
  readonly list: (all: boolean, options: ResolveOptions) => Promise<DistributionKernels>

  /**
   * Fetches the kernel that a KERNEL SPEC asks for into the cache.
   *
   * @throws InputError when the spec is malformed, or there is no such kernel
   * @throws EnvironmentError when it cannot be fetched
   */
  readonly fetch: (spec: string, options: ResolveOptions) => Promise<PackagedKernel>

  /**
   * Fetches the source of the kernel that a KERNEL SPEC asks for, and unpacks it into the cache.
   *
   * @returns the path of the source tree
   * @throws InputError when the spec is malformed, or there is no such source
   * @throws EnvironmentError when it cannot be fetched
   */
  readonly fetchSource: (spec: string, options: ResolveOptions) => Promise<string>

  /**
   * Fetches the QEMU that a spec asks for and lays it out in the cache, with its own libraries and firmware.
   *
   * @throws InputError when the spec is malformed, or there is no such QEMU
   * @throws EnvironmentError when it cannot be fetched
   */
  readonly fetchQemu: (spec: string, options: ResolveOptions) => Promise<PackagedQemu>

  /**
   * Fetches a busybox that needs no library, into the cache.
   *
   * @returns the path of the program
   * @throws EnvironmentError when it cannot be fetched
   */
  readonly fetchBusybox: (options: ResolveOptions) => Promise<string>

  /** The QEMUs of it that are taken unasked where this machine's does not serve, in the order in which they are preferred. */
  readonly qemus: readonly FetchableQemu[]

  /** Whether a file is one of its packages, whatever its name. */
  readonly isPackage: (path: string) => Promise<boolean>

  /**
   * Takes the kernel out of a package file.
   *
   * @param name - what messages call the file
   * @throws InputError when there is none in it, or the package is damaged
   */
  readonly unpack: (path: string, name: string, options: ResolveOptions) => Promise<PackagedKernel>
}

/** A kernel of a distribution, with its files in the cache. */
export interface PackagedKernel {
  /** Path of the image. */
  readonly image: string
  /** Path of the configuration; null where no package had one. */
  readonly config: string | null
  readonly modules: ModulePackages
}

/** A QEMU of a distribution, laid out in the cache. */
export interface PackagedQemu {
  /** Its command, without options: its own dynamic loader, and the program. */
  readonly command: readonly string[]
  /** The path of the program. */
  readonly program: string
  /** The upstream version, such as `10.0.13`. */
  readonly version: string
}

/** The kernels of a distribution. */
export interface DistributionKernels {
  /** Its suites (releases and what is added to them), in the order in which they are shown. */
  readonly suites: readonly ListedSuite[]
  /** By suite, in the order of `suites`, then version and flavour. */
  readonly kernels: readonly ListedKernel[]
  /** Why the mirror could not be asked. */
  readonly trouble?: EnvironmentError
}

/** A suite of a distribution. */
export interface ListedSuite {
  readonly suite: string
  /** False where the mirror has no such suite; null where it could not be asked and nothing is known. */
  readonly available: boolean | null
}

/** A kernel of a distribution that guise can have. */
export interface ListedKernel {
  /** The KERNEL SPEC that gives it, or one as new of the same point release. */
  readonly spec: string
  readonly suite: string
  /** What `uname -r` will say. */
  readonly release: string
  /** The upstream version. */
  readonly version: string
  readonly flavour: string
  /** Whether it can be had without the mirror. */
  readonly cached: boolean
}
