import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs'

const device = '/dev/kvm'

/** Who may open a device. */
export interface DeviceOwner {
  /** Permission bits, as stat(2) has them. */
  readonly mode: number
  /** The name of its group, or its number where it has none. */
  readonly group: string
}

/** Why /dev/kvm can't be opened by whoever runs guise, and what to do about it; null where it can be. */
export function whyKvmIsClosed(): string | null {
  try {
    // access(2) would pass a device without a driver.
    closeSync(openSync(device, constants.O_RDWR))
    return null
  } catch (error) {
    return explainClosed((error as NodeJS.ErrnoException).code ?? 'unknown', ownerOf(device))
  }
}

/** The same in words. */
export function explainClosed(code: string, owner: DeviceOwner | null): string {
  const what = `${device} does not open: ${code}`
  switch (code) {
    case 'ENOENT':
      return `${what}: load the module kvm_amd or kvm_intel; without virtualisation in the CPU, or switched on in its firmware, there is none`
    case 'ENXIO':
    case 'ENODEV':
      return `${what}: the module kvm_amd or kvm_intel is not loaded`
    case 'EACCES':
    case 'EPERM':
      return `${what}: ${whatToDo(owner)}`
    default:
      return what
  }
}

function whatToDo(owner: DeviceOwner | null): string {
  if (owner === null) return 'it can’t be looked at'
  const groupMayOpen = (owner.mode & 0o060) === 0o060
  return groupMayOpen && owner.group !== 'root'
    ? `add yourself to group ${owner.group} (\`sudo usermod -aG ${owner.group} "$USER"\`), and log in again`
    : `its mode ${(owner.mode & 0o777).toString(8)} and its group ${owner.group} let only its owner open it; Debian's udev makes it root:kvm 660`
}

function ownerOf(path: string): DeviceOwner | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? { mode: found.mode, group: groupName(found.gid) } : null
}

function groupName(gid: number): string {
  try {
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find(each => each.split(':')[2] === String(gid))
    return line?.split(':')[0] ?? String(gid)
  } catch {
    return String(gid)
  }
}
