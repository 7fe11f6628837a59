import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import type { FileEntry } from '../../../images/cpio.js'
import type { OnProgress } from '../../../images/progress.js'
import { Memo } from '../../../runner/cache/memo.js'
import { layOut } from '../../../images/qemu/lay-out.js'
import { linkProgram } from '../../../images/qemu/library-walk.js'
import { fileNamed, SuitePackages } from '../../../images/qemu/package-source.js'
import { temporaryFolder } from '../../../runner/temporary-folder.js'

const toolsSchema = z.object({
  /** The command of virtiofsd, without options, through its own dynamic loader. */
  virtiofsd: z.array(z.string()),
  /** A static busybox. */
  busybox: z.string(),
})

/** Programs that the emulated host takes beside guise's own: unpacked in the cache, never installed. */
export type HostTools = z.output<typeof toolsSchema>

const memo = new Memo('kvm-host-tools', toolsSchema)
const version = '1'
const suite = 'trixie'

/** Fetches them; the second time nothing is asked of the mirror. */
export async function hostTools(onProgress: OnProgress): Promise<HostTools> {
  const recalled = memo.get(version)?.value
  if (recalled && (await stat(recalled.busybox).catch(() => undefined))) return recalled
  await using folder = await temporaryFolder('kvm-host')
  const packages = new SuitePackages(suite, folder.path, 10, { onProgress })
  const virtiofsd = await programOf(packages, 'virtiofsd')
  const { interpreter, libraries } = await linkProgram(packages, virtiofsd, 'virtiofsd')
  const busybox = await programOf(packages, 'busybox-static', 'busybox')
  const paths = [virtiofsd, busybox, ...libraries.values()]
  const { path: at } = await layOut(`kvm-host-${version}`, await Promise.all(paths.map(entry)))
  const tools = {
    virtiofsd: [join(at, basename(interpreter)), '--library-path', at, join(at, 'virtiofsd')],
    busybox: join(at, 'busybox'),
  }
  await memo.set(version, tools)
  return tools
}

async function programOf(packages: SuitePackages, name: string, program = name): Promise<string> {
  const path = fileNamed((await packages.files(name)).filter(isProgram), program)
  if (path === undefined) throw new Error(`Debian's ${name} has no ${program}`)
  return path
}

function isProgram(path: string): boolean {
  return /\/(?:s?bin|libexec)\/[^/]*$/.test(path)
}

async function entry(path: string): Promise<FileEntry> {
  return { type: 'file', path: basename(path), mode: 0o755, content: await readFile(path) }
}
