// The most CPUs that x86 kernels are built for (CONFIG_NR_CPUS of MAXSMP): a guest's lists are not to fill this machine.
const mostCpus = 8192

/** The CPUs that a list of the kernel's names, such as `0-3,5` (lib/vsprintf.c, bitmap_list_string()); none beyond what x86 has. */
export function cpusOfList(list: string): number[] {
  return list.split(',').flatMap(part => {
    const found = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part)
    if (found === null) return []
    const [first, last] = [Number(found[1]), Math.min(Number(found[2] ?? found[1]), mostCpus - 1)]
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
  })
}

/** How many CPUs a list of the kernel's names: `0-3,5` has 5. */
export function countOfList(list: string): number {
  return cpusOfList(list).length
}
