import * as z from 'zod'
import { InputError } from '../errors.js'
import { printJson } from './standard-output.js'

/** `guise schema scenario|record`: the JSON Schema. */
export async function schema(what: string): Promise<number> {
  const described = await schemaNamed(what)
  await printJson(described, 2)
  return 0
}

async function schemaNamed(what: string): Promise<unknown> {
  switch (what) {
    case 'scenario': {
      const { scenarioSchema } = await import('../scenario/schema.js')
      // What a file may hold, before the defaults are filled in.
      const described = z.toJSONSchema(scenarioSchema, { io: 'input' })
      // What is inherited need not stand there.
      const inheritable = ['source', 'expect']
      return {
        $id: 'urn:guise:scenario-1',
        ...described,
        required: described.required?.filter(field => !inheritable.includes(field)),
        // Not two alternatives, of which an editor names one that nobody misses.
        if: { not: { required: ['like'] } },
        then: { required: inheritable },
      }
    }
    case 'record': {
      const { recordSchema } = await import('../record/schema.js')
      return { $id: 'urn:guise:record-1', ...z.toJSONSchema(recordSchema) }
    }
    default:
      throw new InputError(`schema: expected scenario or record, got \`${what}\``)
  }
}
