import type { CpuDump, LeafValue } from '../../cpuid/leaf.js'
import { parseCpuid } from './cpuid-record.js'
import { type GuestDevice, parseDevice, splitAtEquals } from './device-record.js'
import { type KernelLogRecord, parseKmsg } from './kmsg.js'
import * as layout from './layout.js'
import type { RawRecord } from './scan.js'
import { parseSvga, type SvgaAnswers } from './svga-record.js'
import { counted } from '../../terminal/counted.js'

/** What a guest has told of itself. */
export interface GuestReport {
  /** Whether all that the guest had to say is here, undamaged and understood. */
  readonly complete: boolean
  /** What is missing or damaged, and what the guest itself could not do; for a person to read. */
  readonly problems: readonly string[]
  /** The CPUID answers of every online vCPU, by its number. */
  readonly cpus: readonly CpuDump[]
  /** The kernel log from /dev/kmsg, in the kernel's order. */
  readonly kmsg: readonly KernelLogRecord[]
  /** Files of the guest as they stand, by absolute path: `/proc/version`. */
  readonly files: ReadonlyMap<string, string>
  /** Sorted by bus and name. */
  readonly devices: readonly GuestDevice[]
  /** Facts that have no file; guest/PROTOCOL.md lists the keys. */
  readonly notes: ReadonlyMap<string, string>
  /** What VMware's video answered; null where init did not drive it. */
  readonly svga: SvgaAnswers | null
}

/** Puts records together, in their order, to what they say. */
export class ReportBuilder {
  /** What could not be understood. */
  readonly unreadable: string[] = []
  readonly #problems: string[] = []
  readonly #cpus = new Map<number, LeafValue[]>()
  readonly #kmsg: KernelLogRecord[] = []
  readonly #files = new Map<string, Buffer[]>()
  readonly #devices: GuestDevice[] = []
  readonly #notes = new Map<string, string>()
  #svga: SvgaAnswers | null = null

  add(record: RawRecord): void {
    if (!this.#understand(record)) {
      this.unreadable.push(`Record ${record.sequence}, of type ${record.type}, makes no sense.`)
    }
  }

  /** Everything added, with what is wrong with the report as a whole. */
  build(complete: boolean, damage: readonly string[]): GuestReport {
    return {
      complete,
      problems: [...damage, ...this.#logDamage(), ...this.#problems],
      cpus: [...this.#cpus].map(([cpu, leaves]) => ({ cpu, leaves })).sort((a, b) => a.cpu - b.cpu),
      kmsg: this.#kmsg,
      files: new Map(
        [...this.#files].map(([path, parts]) => [path, Buffer.concat(parts).toString('utf8')]),
      ),
      devices: this.#devices.sort((a, b) => compare(a.bus, b.bus) || compare(a.name, b.name)),
      notes: this.#notes,
      svga: this.#svga,
    }
  }

  #understand({ type, payload }: RawRecord): boolean {
    switch (type) {
      case layout.recordCpuid:
        return this.#addCpuid(payload)
      case layout.recordKmsg:
        return push(this.#kmsg, parseKmsg(payload))
      case layout.recordFile:
        return this.#addFile(payload)
      case layout.recordDevice:
        return push(this.#devices, parseDevice(payload))
      case layout.recordNote:
        this.#notes.set(...splitAtEquals(payload.toString('utf8')))
        return true
      case layout.recordProblem:
        return push(this.#problems, `The guest reports: ${payload.toString('utf8')}.`)
      case layout.recordSvga:
        return this.#addSvga(payload)
      default:
        return false
    }
  }

  /** Init drives one, once. */
  #addSvga(payload: Buffer): boolean {
    if (this.#svga !== null) return false
    this.#svga = parseSvga(payload)
    return this.#svga !== null
  }

  /** The log's buffer is a ring: a long boot overwrites its own start. */
  #logDamage(): string[] {
    const first = this.#kmsg[0]?.sequence ?? 0
    return first > 0
      ? [
          `The kernel overwrote the first ${counted(first, 'record')} of its log: give it a larger log_buf_len.`,
        ]
      : []
  }

  #addCpuid(payload: Buffer): boolean {
    const record = parseCpuid(payload)
    if (record === null) return false
    listAt(this.#cpus, record.cpu).push(...record.leaves)
    return true
  }

  /** A long file comes in several records, which may break in the middle of a character. */
  #addFile(payload: Buffer): boolean {
    const end = payload.indexOf(0)
    if (end < 0) return false
    const path = payload.toString('utf8', 0, end)
    listAt(this.#files, path).push(payload.subarray(end + 1))
    return true
  }
}

function listAt<K, T>(lists: Map<K, T[]>, key: K): T[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

/** Adds a value unless it is null, and says whether it did. */
function push<T>(list: T[], value: T | null): boolean {
  if (value === null) return false
  list.push(value)
  return true
}

/** By code unit, so that the order is the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
