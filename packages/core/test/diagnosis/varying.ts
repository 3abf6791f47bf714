import { isList } from '../../src/policy/shapes.ts'
import { objectOf } from './object-of.ts'
import { readPrintedError } from '../../src/diagnosis/message/printed-error.ts'
import type { Json, JsonObject } from '../../src/index.ts'
import type { Dice } from './random.ts'
import type { Wrappings } from './wrappings.ts'

/** Makes another case of one that says the same, or less; undefined where there is nothing to vary. */
export type Vary = (given: JsonObject, dice: Dice) => JsonObject | undefined

/** Kinds of variation, by what they are called. */
export type Variations = { readonly [kind: string]: Vary }

/** What is different between clouds of how the same refusal is printed. */
export interface Printing {
  readonly wrappings: Wrappings
  /** Fields of a body that say nothing of their own. Bodies with others are evidence by those, and stay what they are. */
  readonly plain: RegExp
}

/** The kinds of variation that are the same on every cloud: over requests, their answers, and what was shown of all. */
export function commonVariations(printing: Printing): Variations {
  const wrap = (observation: JsonObject, dice: Dice): JsonObject | undefined => wrapped(observation, dice, printing)
  return {
    'another wrapping': (given, dice) => withMessages(given, (observation) => wrap(observation, dice)),
    'another wrapping, and neither code nor status apart': (given, dice) =>
      withMessages(given, (observation) => {
        const again = wrap(observation, dice)
        if (again === undefined) return undefined
        const { code: _code, status: _status, ...rest } = again
        return { ...rest, ok: false }
      }),
    'log lines around it, colours and other line ends': (given, dice) =>
      withMessages(given, (observation) => {
        const message = textOf(observation['message'])
        if (message === undefined) return undefined
        const before = dice.pick(['2026-11-22T10:01:02Z INFO import started\n', '[worker-3] ERROR ', 'stderr | ', ''])
        const after = dice.pick(['\n2026-11-22T10:01:03Z WARN giving up', '\n    at main (job.js:1:1)', '', '\n'])
        const text = `${before}${message}${after}`
        return { ...observation, message: dice.roll() < 0.5 ? `\u001B[31m${text}\u001B[0m` : text.replaceAll('\n', '\r\n') }
      }),
    'texts cut off': (given, dice) =>
      withMessages(given, (observation) => {
        const message = textOf(observation['message'])
        return message === undefined ? undefined : { ...observation, message: message.slice(0, Math.floor(dice.roll() * message.length)) }
      }),
    'requests in another order': (given, dice) => {
      const all = observationsOf(given)
      return all.length < 2 || isTriedAgain(all) ? undefined : { ...given, observations: dice.shuffled(all) }
    },
    'unknown fields and headers in other case': (given, dice) => ({
      ...given,
      'x-note': 'of somebody else',
      connection: { ...objectOf(given['connection']), owner: 'data team', tags: ['a', 'b'] },
      documents: { ...objectOf(given['documents']), lifecycle: { Rules: [] } },
      observations: observationsOf(given).map((one) => ({
        ...one,
        duration: 12,
        headers: Object.fromEntries(
          Object.entries({ ...objectOf(one['headers']), 'x-amz-id-2': 'gRb=', server: 'AmazonS3' }).map(([name, value]) => [
            dice.roll() < 0.5 ? name.toUpperCase() : name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
            value,
          ]),
        ),
      })),
    }),
    'a document less': (given, dice) => {
      const documents = Object.entries(objectOf(given['documents']))
      if (documents.length === 0) return undefined
      const [gone] = dice.pick(documents)
      return { ...given, documents: Object.fromEntries(documents.filter(([name]) => name !== gone)) }
    },
    'a request less': (given, dice) => {
      const all = observationsOf(given)
      if (all.length < 2 || isTriedAgain(all)) return undefined
      // What a token was made of is no request that could be left away: without it, it is another kind of token.
      const gone = dice.pick(all.filter((one) => one['operation'] !== 'GetUserDelegationKey'))
      return { ...given, observations: all.filter((one) => one !== gone) }
    },
    'calls and statuses spelled otherwise': (given, dice) => {
      const spell = dice.pick(SPELLINGS)
      return { ...given, observations: observationsOf(given).map((one) => respelled(one, spell, dice)) }
    },
  }
}

/** How people and SDKs write the name of a call. */
const SPELLINGS: readonly ((name: string) => string)[] = [
  (name) => name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase(),
  (name) => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
  (name) => (/^[A-Z]\w*$/.test(name) ? `${name}Command` : name),
  (name) => (/^[A-Z]\w*$/.test(name) ? `client.${name}` : name),
  (name) => `${name}()`,
]

const STATUS_WORDS: { readonly [status: string]: string } = {
  200: '200 OK',
  403: '403 Forbidden',
  404: 'HTTP/1.1 404 Not Found',
  400: '400',
}

function respelled(one: JsonObject, spell: (name: string) => string, dice: Dice): JsonObject {
  const { operation, status } = one
  const word = typeof status === 'number' ? STATUS_WORDS[status] : undefined
  return {
    ...one,
    ...(typeof operation === 'string' && !/[\s(]/.test(operation) ? { operation: spell(operation) } : {}),
    ...(word === undefined || dice.roll() < 0.5 ? {} : { status: word }),
  }
}

/** Which request was first, and that there was a second, matters where one was tried again, or a role was assumed in between. */
function isTriedAgain(all: readonly JsonObject[]): boolean {
  // What was sent elsewhere was tried again at another place.
  const isSentElsewhere = all.some((one) => one['status'] === 301 || /must be addressed/.test(JSON.stringify(one)))
  const names = all.map((one) => JSON.stringify([one['operation'], isSentElsewhere ? '' : one['target']]))
  return new Set(names).size < names.length
}

export function observationsOf(given: JsonObject): readonly JsonObject[] {
  const all = given['observations']
  return isList(all) ? all.map(objectOf) : []
}

function withMessages(given: JsonObject, change: (observation: JsonObject) => JsonObject | undefined): JsonObject | undefined {
  let touched = false
  const observations = observationsOf(given).map((one) => {
    // What was served is evidence of another kind: it is read whole.
    const isRefusal = one['ok'] !== true && Number(one['status'] ?? 400) >= 300 && textOf(one['message']) !== undefined
    const after = isRefusal ? change(one) : undefined
    touched ||= after !== undefined
    return after ?? one
  })
  return touched ? { ...given, observations } : undefined
}

function wrapped(observation: JsonObject, dice: Dice, { wrappings, plain }: Printing): JsonObject | undefined {
  const printed = readPrintedError(textOf(observation['message']) ?? '')
  const operation = (textOf(observation['operation']) ?? '').split(' ')[0] ?? ''
  const code = textOf(observation['code']) ?? printed.code
  // Bodies with further fields are evidence by those; they stay what they are.
  const isPlain = Object.keys(printed.fields).every((name) => plain.test(name))
  const isDetailed = /AccessDeniedDetail|PolicyType/.test(textOf(observation['message']) ?? '')
  if (isDetailed || code === undefined || printed.message === undefined || operation === '' || !isPlain) return undefined
  const print = dice.pick(Object.values(wrappings))
  return { ...observation, message: print({ operation, code, message: printed.message, status: Number(observation['status'] ?? 403) }) }
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The same case with other names, everywhere. */
export function withNames(given: JsonObject, names: readonly (readonly [from: string, to: string])[]): JsonObject {
  // JSON.parse gives JSON.
  const value: Json = JSON.parse(names.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(given)))
  return objectOf(value)
}
