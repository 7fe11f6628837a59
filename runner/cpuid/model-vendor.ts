/**
 * Whose CPUs QEMU's named models are, by the name without its version and variant; the `vendor` of each in builtin_x86_defs
 * (target/i386/cpu.c) of QEMU 5.2, 7.2, 10.0 and 11.1, as query-cpu-model-expansion tells it under TCG.
 */
const vendors: ReadonlyMap<string, string> = new Map(
  Object.entries({
    GenuineIntel: [
      ...['486', 'pentium', 'pentium2', 'pentium3', 'qemu32', 'kvm32', 'kvm64'],
      ...['coreduo', 'core2duo', 'n270', 'Conroe', 'Penryn', 'Nehalem', 'Westmere'],
      ...['SandyBridge', 'IvyBridge', 'Haswell', 'Broadwell', 'Skylake-Client', 'Skylake-Server'],
      ...['Cascadelake-Server', 'Cooperlake', 'Icelake-Client', 'Icelake-Server'],
      ...['SapphireRapids', 'GraniteRapids', 'DiamondRapids', 'SierraForest', 'ClearwaterForest'],
      ...['Denverton', 'Snowridge', 'KnightsMill'],
    ],
    AuthenticAMD: [
      ...['athlon', 'phenom', 'qemu64'],
      ...['Opteron_G1', 'Opteron_G2', 'Opteron_G3', 'Opteron_G4', 'Opteron_G5'],
      ...['EPYC', 'EPYC-Rome', 'EPYC-Milan', 'EPYC-Genoa', 'EPYC-Turin'],
    ],
    HygonGenuine: ['Dhyana'],
    CentaurHauls: ['YongFeng'],
  }).flatMap(([vendor, models]) => models.map(model => [model, vendor])),
)

// `Haswell-noTSX-IBRS` and `EPYC-v4` are variants of one model.
const variant = /(?:-(?:v\d+|IBRS|IBPB|noTSX))+$/

/** The vendor of a named CPU model of QEMU; null of a model that is not known, and of those that have none of their own. */
export function modelVendor(model: string): string | null {
  return vendors.get(model.replace(variant, '')) ?? null
}
