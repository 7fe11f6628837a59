import { useCache } from '../cache/use.js'
import { holdResultsFolder } from '../record/results-folder.js'

/**
 * Keeps others out of what a run works on for as long as it goes on: who removes things from the cache, and, where the results folder was given,
 * who writes there. Of a folder that was made for this run nobody else knows.
 *
 * @throws InputError for a folder that another run writes to
 */
export async function holdFolders(output: string, isGiven: boolean): Promise<AsyncDisposable> {
  const results = isGiven ? await holdResultsFolder(output) : null
  const cache = await useCache()
  return {
    [Symbol.asyncDispose]: async () => {
      await results?.[Symbol.asyncDispose]()
      await cache?.[Symbol.asyncDispose]()
    },
  }
}
