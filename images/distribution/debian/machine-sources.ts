import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runTool } from './run.js'
import { parseDeb822Sources, parseSourcesList, type AptSource } from './sources.js'

/** The repositories that the machine's apt is set up for, from both forms of files, wherever its configuration has them. */
export async function machineSources(signal?: AbortSignal): Promise<AptSource[]> {
  const { stdout } = await runTool(
    'apt-config',
    ['shell', 'list', 'Dir::Etc::sourcelist/f', 'parts', 'Dir::Etc::sourceparts/d'],
    { signal },
  )
  const [, list = '/etc/apt/sources.list'] = /^list='(.*)'$/m.exec(stdout) ?? []
  const [, parts = '/etc/apt/sources.list.d'] = /^parts='(.*)'$/m.exec(stdout) ?? []
  const names = await readdir(parts).catch(() => [])
  const files = [list, ...names.sort().map(name => join(parts, name))]
  const sources = await Promise.all(
    files.map(async file => {
      const text = await readFile(file, 'utf8').catch(() => '')
      if (file.endsWith('.sources')) return parseDeb822Sources(text)
      return file.endsWith('.list') ? parseSourcesList(text) : []
    }),
  )
  return sources.flat()
}
