import t from 'tap'
import { CompilerErrors } from '../../../../images/kernel/build/compiler-errors.js'

const errorsIn = (lines: readonly string[]) => {
  const errors = new CompilerErrors()
  for (const line of lines) errors.add(line)
  return errors.lines
}

const context = [
  'In file included from /src/include/linux/a.h:3,',
  '                 from /src/kernel/fork.c:5:',
  "/src/kernel/fork.c: In function 'copy':",
]
const undeclared = [
  "/src/kernel/fork.c:12:5: error: 'x' undeclared (first use in this function)",
  '   12 |     x = 1;',
  '      |     ^',
  '/src/kernel/fork.c:12:5: note: each undeclared identifier is reported only once',
]
const warning = [
  "/src/kernel/exit.c: In function 'leave':",
  "/src/kernel/exit.c:9:1: warning: unused variable 'error' [-Wunused-variable]",
  '    9 | int error;',
]
const make = ['make[3]: *** [/src/scripts/Makefile.build:250: kernel/fork.o] Error 1']

t.test('an error with where it is and what follows it, and no warnings', t => {
  t.strictSame(errorsIn([...warning, ...context, ...undeclared, ...make]), [
    ...context,
    ...undeclared,
  ])
  t.end()
})

t.test('errors are found before any number of warnings', t => {
  const many = Array.from({ length: 1000 }, () => warning).flat()
  t.strictSame(errorsIn([...undeclared, ...many, ...make]), undeclared)
  t.end()
})

t.test('those of the assembler, the linker and the tools of the kernel', t => {
  for (const line of [
    "/src/a.S:3: Error: no such instruction: `spoon'",
    '/src/a.c:1:10: fatal error: spoon.h: No such file or directory',
    "ld: kernel/fork.o: in function `copy':\nfork.c:(.text+0x1): undefined reference to `spoon'",
    'ERROR: modpost: "spoon" [drivers/x.ko] undefined!',
    'error: objtool: spoon(): cannot be read',
  ])
    t.strictSame(errorsIn([...warning, line, ...make, ...warning]), [line])
  t.end()
})

t.test('where none is known as one: the last words', t => {
  const said = Array.from({ length: 30 }, (_, index) => `line ${index}`)
  t.strictSame(errorsIn(said), said.slice(10))
  t.end()
})

t.test('no more than anybody reads', t => {
  t.equal(errorsIn(Array.from({ length: 5000 }, () => undeclared[0] ?? '')).length, 200)
  t.end()
})
