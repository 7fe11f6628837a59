/** The levels of a CPU topology that QEMU's x86 machines have, from the outermost. */
export const topologyLevels = ['sockets', 'dies', 'modules', 'cores', 'threads'] as const

/** How many of each level there are in one of the level around it. */
export type Topology = Readonly<Record<(typeof topologyLevels)[number], number>>

/**
 * The most vCPUs of a machine type: `max_cpus` of QEMU's hw/i386/pc_piix.c, and of microvm and q35 (288 until 8.0) what they serve with
 * x2APIC, which needs a chipset that remaps interrupts to APIC ids beyond 8 bits: q35 alone has one.
 */
export const mostCpus = { pc: 255, q35: 288, microvm: 255 } as const

/** The levels of a topology that are stated. */
export type StatedTopology = { readonly [Level in keyof Topology]?: number | undefined }

/** The topology that is stated, or null where none is: QEMU then makes one socket of all. */
export function topologyOf(stated: StatedTopology): Topology | null {
  if (topologyLevels.every(level => stated[level] === undefined)) return null
  const { sockets = 1, dies = 1, modules = 1, cores = 1, threads = 1 } = stated
  return { sockets, dies, modules, cores, threads }
}

/**
 * The highest APIC id of a machine's vCPUs: each level has as many bits of it as it needs (x86_apicid_from_topo_ids() in QEMU's
 * include/hw/i386/topology.h).
 */
export function highestApicId({
  cpus,
  topology,
}: {
  cpus: number
  topology: Topology | null
}): number {
  if (topology === null) return cpus - 1
  return topologyLevels.reduce(
    (id, level) => id * 2 ** Math.ceil(Math.log2(topology[level])) + topology[level] - 1,
    0,
  )
}
