// None of these changes what the kernel detects or which clock it takes. `earlyprintk` shows a death that comes before
// the console's driver does; `panic=-1` resets at once, which `-no-reboot` turns into QEMU's end; `loglevel=8` overrides
// a kernel built to be quiet.
const always = [
  'console=ttyS0',
  'earlyprintk=ttyS0,115200',
  'loglevel=8',
  'printk.time=1',
  'panic=-1',
  'oops=panic',
]

/** The kernel command line of a guest: what guise always gives, then what the scenario asks for. */
export function kernelCommandLine(asked: readonly string[]): string {
  return [...always, ...asked].join(' ')
}
