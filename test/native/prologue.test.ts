import t from 'tap'

import { temporaryFolder } from '../../runner/temporary-folder.js'
import { disassemble } from './disassemble.js'
import { buildDriver } from './driver.js'

const folder = await temporaryFolder('prologue')
t.teardown(() => folder[Symbol.asyncDispose]())
const driver = await buildDriver(folder.path)

/** The length of the jump that takes the instructions' place (runner/native/hook.c). */
const jump = 14

/** The length of each code's first whole instructions that cover `needed` bytes, 0 where they are refused. */
async function lengthsOf(needed: number, codes: readonly string[]): Promise<number[]> {
  const { stdout } = await driver.run(
    'prologue',
    `${needed}`,
    ...codes.map(code => code.replaceAll(' ', '')),
  )
  return stdout.split('\n').map(Number)
}

/** The first bytes of cpu_x86_cpuid(), one instruction a word group, and how many of them make room for the jump. */
const real: Record<string, [string, number]> = {
  'Debian bullseye, QEMU 5.2': ['4157 4156 4989ce 4155 4d89cd 4154 4d89c4 55 4889fd', 14],
  'Debian bookworm, QEMU 7.2': ['4157 89f0 4189d7 4156 4989ce 4155 4d89cd 4154 4d89c4', 14],
  'Debian trixie, QEMU 10.0': ['f30f1efa 4157 89f0 488db7b03b0000 4156 4189d6 4155', 15],
  'Debian trixie-backports, QEMU 11.1': ['f30f1efa 4157 4c8d97783c0000 89f0 4156 4189d6', 15],
}

for (const [name, [code, length]] of Object.entries(real))
  await t.test(`known: ${name}`, async t => {
    t.same(await lengthsOf(jump, [code]), [length])
  })

const pushes = '4157 4156 4155 4154 55 53'

/** Instructions that follow ten bytes of pushes, and the length of both together. */
const known: Record<string, [string, number]> = {
  'mov rbp, rsp': ['4889e5 4889e5', 16],
  'sub rsp, imm8': ['4883ec48', 14],
  'sub rsp, imm32': ['4881ec88000000', 17],
  'mov r, [base + disp8]': ['8b4708 53', 14],
  'mov r, [base + disp32]': ['8bbf001d0000', 16],
  'mov [rsp + disp8], r, with a SIB byte': ['4889442428', 15],
  'lea with index and no base': ['488d04c508000000', 18],
  'xor eax, eax': ['31c0 31d2', 14],
}

for (const [name, [code, length]] of Object.entries(known))
  await t.test(`known: ${name}`, async t => {
    t.same(await lengthsOf(jump, [pushes + code]), [length])
  })

const refused: Record<string, string> = {
  'jmp rel8': 'eb02 9090',
  'jmp rel32': 'e900000000',
  'jmp [rip]': 'ff2500000000',
  'call rel32': 'e800000000',
  'jz rel8': '7405 5353',
  ret: 'c3 5353 53',
  nop: '90909090',
  'lea r, [rip + disp32]': '488d05e8063600',
  'lea r13, [rip + disp32], where REX.B changes nothing': '4d8d2de8063600',
  'mov r, [rip + disp32]': '8b0de8063600',
  'lea with a register operand, which is no instruction': '488dc0 53',
  'mov with an operand-size prefix': '6689c0 53',
  'mov r, fs:[0x28]': '64488b142528000000',
  'add rsp, imm8': '4883c408',
  'sub rax, imm8': '4883e808',
  'sub r12, imm8': '4983ec08',
  'sub esp, imm8': '83ec08 53',
  'two REX prefixes': '4849 89e5 53',
  endbr32: 'f30f1efb',
  zeros: '00000000',
}

for (const [name, code] of Object.entries(refused))
  await t.test(`refused: ${name}`, async t => {
    t.same(await lengthsOf(jump, [pushes + code, code + pushes + pushes]), [0, 0])
  })

await t.test('refused: bytes that end too early, at every place', async t => {
  const whole = `${pushes} 4881ec88000000`.replaceAll(' ', '')
  const short = Array.from({ length: whole.length / 2 - 1 }, (_, i) => whole.slice(0, 2 * (i + 1)))
  const cut = ['f30f1e', '41', '48', '8d', '488d84', '488944', '8bbf001d00', '8b0425081122'].map(
    code => pushes + code,
  )
  t.same(await lengthsOf(jump, [whole]), [whole.length / 2])
  t.same(
    await lengthsOf(jump, [...short, ...cut]),
    [...short, ...cut].map(() => 0),
  )
})

await t.test(
  'it agrees with objdump on every ModR/M byte, and knows no operand relative to RIP',
  async t => {
    const codes: string[] = []
    const tails = ['24112233445566778890', '25112233445566778890']
    for (const prefix of ['', '41', '44', '48', '4f'])
      for (const opcode of ['89', '8b', '31', '33', '8d', '83', '81'])
        for (let modrm = 0; modrm < 256; modrm++)
          for (const tail of tails)
            codes.push(prefix + opcode + modrm.toString(16).padStart(2, '0') + tail)
    const lengths = await lengthsOf(1, codes)
    const instructions = await disassemble(folder.path, codes)
    const known = codes.flatMap((code, i) => {
      const { length, text } = instructions[i] ?? {}
      return lengths[i] ? [{ code, text, length, measured: lengths[i] }] : []
    })
    t.ok(known.length > codes.length / 2, `${known.length} of ${codes.length} known`)
    t.same(
      known.filter(
        ({ length, measured, text }) => length !== measured || /rip|bad/.test(text ?? 'bad'),
      ),
      [],
    )
  },
)
