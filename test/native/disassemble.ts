import { execa } from 'execa'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One instruction as objdump reads it. */
export interface Instruction {
  /** In bytes. */
  readonly length: number
  readonly text: string
}

/** Bytes from one code to the next; NOPs between bring objdump back in step. */
const slot = 32

/** The first instruction of each of these codes (hexadecimal, up to 16 bytes), in 64-bit mode. */
export async function disassemble(
  folder: string,
  codes: readonly string[],
): Promise<Instruction[]> {
  const image = Buffer.alloc(codes.length * slot, 0x90)
  codes.forEach((code, i) => image.write(code, i * slot, 'hex'))
  const file = join(folder, 'codes.bin')
  await writeFile(file, image)
  const { stdout } = await execa('objdump', [
    ...['-D', '-b', 'binary', '-m', 'i386:x86-64', '--insn-width=16', file],
  ])
  const found = new Map<number, Instruction>()
  for (const [, address = '', bytes = '', text = ''] of stdout.matchAll(
    /^ *([\da-f]+):\t((?:[\da-f]{2} )+) *\t(.*)$/gm,
  ))
    found.set(parseInt(address, 16), { length: bytes.trim().split(' ').length, text })
  return codes.map((_, i) => found.get(i * slot) ?? { length: 0, text: '(bad)' })
}
