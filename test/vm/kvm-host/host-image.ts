import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileEntry } from '../../../images/cpio.js'
import { buildInitramfs } from '../../../images/initramfs.js'
import { resolveKernel } from '../../../images/kernel/resolve.js'
import type { Kernel } from '../../../images/kernel/kernel.js'
import { kernelModules } from '../../../images/modules/kernel-modules.js'
import type { OnProgress } from '../../../images/progress.js'
import { buildNestedHost } from '../../../images/nested/build.js'
import { packageRoot } from '../../../runner/paths.js'
import type { Step } from './agent-port.js'
import { hostTools } from './host-tools.js'

/** An emulated host, ready to be booted. */
export interface HostImage {
  /** Paths of the kernel that runs KVM, and of the initramfs that mounts this machine's root file system. */
  readonly kernel: string
  readonly initramfs: string
  /** The commands, without options, of what shares the root file system and of the QEMU that emulates the host. */
  readonly virtiofsd: readonly string[]
  readonly emulator: readonly string[]
  /** Loads KVM in there; /dev/kvm is not there before. */
  readonly loadKvm: Step
}

/** The folder of this test. */
export const here = join(packageRoot, 'test/vm/kvm-host')

/** What the root file system needs; `kvm-amd` and what it needs are loaded only by {@link HostImage.loadKvm}. */
const rootModules = ['virtio_pci', 'virtio_console', 'virtiofs', 'overlay']

/** Makes a host that runs `kernelSpec`. */
export async function hostImage(kernelSpec: string, onProgress: OnProgress): Promise<HostImage> {
  const kernel = await resolveKernel(kernelSpec, { onProgress })
  const { virtiofsd, busybox } = await hostTools(onProgress)
  const kvm = await modules(kernel, ['kvm-amd'])
  const { path } = await buildInitramfs({
    init: join(here, 'init.sh'),
    files: [
      { type: 'file', path: 'bin/busybox', mode: 0o755, content: await readFile(busybox) },
      ...(await modules(kernel, rootModules)),
      ...kvm.map(file => ({ ...file, path: file.path.replace(/^modules/, 'kvm') })),
    ],
  })
  const { emulator } = await buildNestedHost({ onProgress })
  return { kernel: kernel.path, initramfs: path, virtiofsd, emulator, loadKvm }
}

/** The option is the nested host's (images/nested/recipe.ts). */
const loadKvm: Step = {
  command: [
    'sh',
    '-ec',
    `cd /run/kvm
    while read -r module; do ./busybox insmod "$module"; done <load
    echo 0 >/sys/module/kvm/parameters/halt_poll_ns`,
  ],
}

async function modules(kernel: Kernel, names: readonly string[]): Promise<readonly FileEntry[]> {
  const files = await kernelModules(kernel, names)
  if ('unavailable' in files) throw new Error(`${kernel.spec}: ${files.unavailable}`)
  return files
}
