import { InputError } from '../errors.js'

/** Where a queue's server is, and how one is let in. */
export interface QueueUrl {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls: boolean
  /** The URL without its password, for messages. */
  readonly shown: string
}

const form = 'redis://[USER:PASSWORD@]HOST[:PORT][/DB], or rediss:// for TLS'

/**
 * Reads the URL of a queue.
 *
 * @throws InputError for anything else, which is not shown: it may have a password in it
 */
export function parseQueueUrl(text: string): QueueUrl {
  const url = URL.canParse(text) ? new URL(text) : null
  const db = /^\/?(\d{0,4})$/.exec(url?.pathname ?? '')?.[1] ?? 'none'
  const isQueue = url?.protocol === 'redis:' || url?.protocol === 'rediss:'
  if (!isQueue || url.hostname === '' || db === 'none' || url.search !== '' || url.hash !== '') {
    const got = url === null ? 'no URL' : `one of ${url.protocol}`
    throw new InputError(`--queue: expected ${form}, got ${isQueue ? 'another form of it' : got}`)
  }
  const tls = url.protocol === 'rediss:'
  const port = url.port === '' ? 6379 : Number(url.port)
  const username = decodedOf(url.username)
  const who = username === undefined ? '' : `${url.username}@`
  const where = `${url.hostname}:${port}${db === '' ? '' : `/${db}`}`
  return {
    // Of an IPv6 address Node takes no brackets.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    db: Number(db),
    username,
    password: decodedOf(url.password),
    tls,
    shown: `${url.protocol}//${who}${where}`,
  }
}

/** A word of a command line without the password of a queue's URL in it. */
export function withoutPassword(word: string): string {
  return word.replaceAll(/(rediss?:\/\/[^\s:@]*):[^\s]*@/g, '$1@')
}

function decodedOf(part: string): string | undefined {
  if (part === '') return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    throw new InputError(`--queue: expected % in a password as %25, got another`)
  }
}
