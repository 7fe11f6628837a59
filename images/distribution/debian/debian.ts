import type { Distribution } from '../distribution.js'
import { fetchDebianBusybox } from './busybox.js'
import { fetchDebianKernel } from './fetch.js'
import { fetchKernelSource } from './kernel-source.js'
import { listDebianKernels } from './list.js'
import { debianQemus, fetchDebianQemu } from './qemu.js'
import { isDebianPackage, openPackage } from './unpack.js'

/** Debian, by the machine's own apt client and the mirror that it is set up for. */
export const debian: Distribution = {
  name: 'debian',
  title: 'Debian',
  specForms: ['debian:SUITE', 'debian:VERSION'],
  packageSuffix: '.deb',
  list: listDebianKernels,
  fetch: fetchDebianKernel,
  fetchSource: fetchKernelSource,
  fetchQemu: fetchDebianQemu,
  fetchBusybox: fetchDebianBusybox,
  qemus: debianQemus,
  isPackage: isDebianPackage,
  unpack: openPackage,
}
