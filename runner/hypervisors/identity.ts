import { banner, detected, type Look } from './evidence.js'
import { exclusive, type Interface } from './interface.js'

/**
 * The interface `identity`: the one hypervisor that the kernel detects.
 *
 * @param file - of Linux, with the hypervisor's `detect()`
 * @param name - how `Hypervisor detected: ` names it
 */
export function identity(file: string, offered: Look, name: RegExp): Interface {
  const source = `Linux ${file}; arch/x86/kernel/cpu/hypervisor.c, detect_hypervisor_vendor()`
  return { ...exclusive, source, offered, adopted: detected(name) }
}

/**
 * The interface `banner`: the name in the paravirt banner.
 *
 * @param name - what `pv_info.name` is set to
 */
export function paravirtBanner(offered: Look, name: RegExp): Interface {
  const source = 'Linux arch/x86/kernel/paravirt.c, default_banner(): pv_info.name'
  return { ...exclusive, source, offered, adopted: banner(name) }
}
