import { join } from 'node:path'
import type { Picture, Untaken } from '../console/screen/picture.js'
import { encodePng } from './png.js'
import { writeResult } from './results-folder.js'

/**
 * Keeps what a guest showed beside its console.
 *
 * @returns the path; null where there is no picture
 * @throws EnvironmentError when it can't be written
 */
export function keepPicture(
  folder: string,
  scenario: string,
  picture: Picture | Untaken | null,
): string | null {
  if (picture === null || 'untaken' in picture) return null
  const path = join(folder, `${scenario}.png`)
  writeResult(path, encodePng(picture))
  return path
}
