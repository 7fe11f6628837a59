/** A CPU as QEMU shows it, in 64-bit code. */
export function shownCpu({ rip, rsp = '0', flags = '00000202', halted = false }: ShownCpu): string {
  const word = (value: string) => value.padStart(16, '0')
  return [
    `RAX=0000000000000121 RBX=${word('ffffffff82c03e40')} RCX=000000000000003f RDX=0000000000000000`,
    `R8 =${word('1')} R9 =${word('2')} RSP=${word(rsp)}`,
    `RIP=${word(rip)} RFL=${flags} [-------] CPL=0 II=0 A20=1 SMM=0 HLT=${halted ? 1 : 0}`,
    'CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]',
    'SS =0018 0000000000000000 ffffffff 00c09300 DPL=0 DS   [-WA]',
    'GDT=     ffffffff83301000 0000007f',
    `CR0=80050033 CR2=${word('8')} CR3=00000000033e0000 CR4=000000b0`,
    'EFER=0000000000000d01',
    '',
  ].join('\n')
}

/** What {@link shownCpu} is told; addresses in hexadecimal, without `0x`. */
export interface ShownCpu {
  readonly rip: string
  readonly rsp?: string
  readonly flags?: string
  readonly halted?: boolean
}

/** An exception as QEMU logs it, at the place `rip`. */
export function logged(
  number: number,
  vector: string,
  rip: string,
  old = 'ffffffff',
  error = '0000',
): string {
  const fault = vector === '0e' ? 'CR2=0000000000000010' : 'env->regs[R_EAX]=0000000000000000'
  return [
    `check_exception old: 0x${old} new 0x${Number.parseInt(vector, 16).toString(16)}`,
    `${String(number).padStart(6)}: v=${vector} e=${error} i=0 cpl=0 IP=0010:${rip} pc=${rip} SP=0000:ffffffff82c03e28 ${fault}`,
    shownCpu({ rip }),
  ].join('\n')
}
