import type { Faults } from '../fault.js'
import { reported } from './usual.js'

/** What is wrong with the image of a kernel. */
export const kernel = {
  truncated: {
    injected: 'the kernel is cut short',
    status: 2,
    says: /kernel \S+ is a truncated bzImage: its header states \d+ bytes, the file has \d+/,
    records: [],
  },
  device: {
    injected: 'the kernel is a device that gives bytes without an end',
    status: 2,
    says: /kernel \/dev\/zero is no regular file/,
    records: [],
  },
  fifo: {
    injected: 'the kernel is a FIFO that nobody writes to',
    status: 2,
    says: /kernel \S+fifo is no regular file/,
    format: 'json',
    records: [],
  },
  replaced: {
    injected: 'the kernel is replaced by another build while the second guest runs',
    status: 3,
    says: /bzImage: expected the image that the run began with \(sha256 \w{12}\), got another/,
    records: ['first', 'struck'],
    struck: reported,
  },
  'deb-traversal': {
    injected: 'a .deb has links in the place of its image and configuration, which lead out of it',
    status: 2,
    says: /linux-image-\S+\.deb holds no kernel image/,
    records: [],
  },
  bomb: {
    injected: 'a .deb of 65 KB has a configuration of 64 MB',
    status: 2,
    says: /the package's config-\S+ has 67108864 bytes; expected at most \d+/,
    records: [],
  },
} as const satisfies Faults
