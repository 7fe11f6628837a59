// What passes on the control line of a shell's guest, its ttyS1: guest/shell/PROTOCOL.md, guest/shell/protocol.h.

export const shellVersion = 1

/** The longest payloads, in bytes. */
export const maxToGuest = 0x20000
export const maxFromGuest = 0x4000

export const frameStart = 1
export const frameSize = 2
export const frameHello = 16
export const frameOutput = 17
export const frameError = 18
export const frameStatus = 19
export const frameTrouble = 20

export const modeShell = 0
export const modeCommand = 1

export const endedByStatus = 0
export const endedBySignal = 1
