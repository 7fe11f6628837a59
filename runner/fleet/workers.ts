import type { Redis } from 'ioredis'
import { jsonOf } from './json.js'
import { keys } from './keys.js'
import { type Offer, offerSchema } from './offer.js'

/** Says that a worker is there, for so many seconds. */
export async function sayHere(client: Redis, offer: Offer, seconds: number): Promise<void> {
  await client
    .pipeline()
    .sadd(keys.workers, offer.id)
    .set(keys.worker(offer.id), JSON.stringify(offer), 'EX', seconds)
    .exec()
}

/** Says that a worker is gone. */
export async function sayGone(client: Redis, { id }: Pick<Offer, 'id'>): Promise<void> {
  await client.pipeline().srem(keys.workers, id).del(keys.worker(id)).exec()
}

/** The workers that are there, of any version of guise, by name. */
export async function workersThere(client: Redis): Promise<Offer[]> {
  const ids = await client.smembers(keys.workers)
  if (ids.length === 0) return []
  const texts = await client.mget(ids.map(id => keys.worker(id)))
  const gone = ids.filter((_, index) => texts[index] == null)
  if (gone.length > 0) await client.srem(keys.workers, ...gone)
  const offers = texts.flatMap(text => {
    const offer = offerSchema.safeParse(text == null ? null : jsonOf(text))
    return offer.success ? [offer.data] : []
  })
  return offers.sort((a, b) => (a.name < b.name ? -1 : 1))
}
