/**
 * The bytes that guise and its guest exchange, as guest/PROTOCOL.md lays them down. guest/protocol.h is the guest's copy;
 * a test holds the three together. Sizes and offsets are in bytes, numbers are little-endian.
 */
/** Of requests and reports; a guest of another version is not read. */
export const protocolVersion = 1

/** The least size of the shared memory; `sharedMemoryFor` says how much a guest needs. */
export const sharedMemorySize = 0x100000
/** Where the report starts in the shared memory; the request stands before it, at 0. */
export const reportOffset = 0x1000

/** What a request begins with. */
export const requestMagic = 'GUISEREQ'
/** What a report begins with. */
export const reportMagic = 'GUISEREP'
/** `GREC`, read as a number. */
export const recordMagic = 0x43455247

/** The most ranges of leaves in a request. */
export const maxRanges = 254
/** The most leaves that a request's ranges may name together. */
export const maxRequestedLeaves = 0x1000
/** The most bytes in a record's payload. */
export const maxPayload = 0x8000

/** A range's flag: every subleaf that the leaf says it has, rather than the one stated. */
export const rangeEnumerate = 1

/** The state of a report to which records are still added. */
export const stateRunning = 1
/** The state of a report that is whole. */
export const stateComplete = 2
/** The state of a report that has ended, and some of it did not fit. */
export const stateTruncated = 3

/** The type of a record that holds CPUID answers of one vCPU. */
export const recordCpuid = 1
/** The type of one that holds a record of /dev/kmsg. */
export const recordKmsg = 2
/** The type of one that holds a file, or a piece of it. */
export const recordFile = 3
/** The type of one that holds a device. */
export const recordDevice = 4
/** The type of one that holds a fact, `KEY=VALUE`. */
export const recordNote = 5
/** The type of one that says what the guest could not do. */
export const recordProblem = 6
/** The type of one that holds what VMware's video answered. */
export const recordSvga = 7

/** The width of what is drawn on a video device, in pixels. */
export const pictureWidth = 320
/** Its height. */
export const pictureHeight = 200

/** The line on the console that says the report is complete. */
export const completeMarker = 'guise: report complete'
/** The line on the console that says the report has ended, but some of it did not fit. */
export const truncatedMarker = 'guise: report truncated'
/** How the line on the console starts that says the guest found no way to report; `: ` and the reason follow. */
export const noChannelMarker = 'guise: no report channel'

/** Where each field of each structure stands. */
export const offsets = {
  requestHeader: { magic: 0, version: 8, ranges: 12 },
  leafRange: { first: 0, last: 4, subleaf: 8, flags: 12 },
  reportHeader: { magic: 0, version: 8, state: 12, records: 16, bytes: 20, lost: 24, crc: 28 },
  recordHeader: { magic: 0, type: 4, sequence: 8, length: 12 },
  cpuidAnswer: { leaf: 0, subleaf: 4, eax: 8, ebx: 12, ecx: 16, edx: 20 },
  svgaAnswers: {
    id: 0,
    capabilities: 4,
    max_width: 8,
    max_height: 12,
    framebuffer_size: 16,
    fifo_size: 20,
    width: 24,
    height: 28,
    bits_per_pixel: 32,
    red_mask: 36,
    green_mask: 40,
    blue_mask: 44,
    bytes_per_line: 48,
    framebuffer_offset: 52,
    fifo_next: 56,
    fifo_stop: 60,
    drawn: 64,
  },
} as const

/** The size of each structure; a request and a record end with a CRC-32 of four bytes more. */
export const sizes = {
  requestHeader: 16,
  leafRange: 16,
  reportHeader: 32,
  recordHeader: 16,
  cpuidAnswer: 24,
  svgaAnswers: 68,
  crc: 4,
} as const
