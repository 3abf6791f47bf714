import { type HttpRequest, type HttpResponse, type Report, type Transport, accessError } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect } from './collect.ts'
import type { Installation } from './installation.ts'

/** What comes of a request in place of its answer. `send` sends it all the same. */
export type FaultEffect = (request: HttpRequest, send: () => Promise<HttpResponse>) => Promise<HttpResponse>

/** A connection named `acme` in one state of its cloud. */
export interface World {
  /** Ends the sentence "where …". */
  readonly title: string
  begin(): Promise<Installation>
}

const signal = new AbortController().signal

/** An answer with this body. */
export function answered(status: number, body: string, headers: { readonly [name: string]: string } = {}): FaultEffect {
  const bytes = new TextEncoder().encode(body)
  return () =>
    Promise.resolve({
      status,
      headers: { 'content-length': String(bytes.byteLength), ...headers },
      body: (async function* () {
        yield bytes
      })(),
    })
}

const PAGE = '<html><head><title>Blocked</title></head><body>Access to this site is forbidden.</body></html>'

/** What happens on the way to any cloud, and says nothing about what it allows. */
const ANYWHERE: { readonly [name: string]: FaultEffect } = {
  'no answer in time': ({ url }) =>
    Promise.reject(accessError('network.timeout', { message: `${url.host} took too long to answer (here).` })),
  'an answer that is lost': async ({ url }, send) => {
    const { body } = await send()
    for await (const _ of body);
    throw accessError('network.reset', { message: `${url.host} closed the connection (here).` })
  },
  'an answer that is cut': async (_, send) => {
    const answer = await send()
    return { ...answer, body: cut(answer.body) }
  },
  'a 503 without words': answered(503, ''),
  'a 403 without words': answered(403, ''),
  'the 403 of a proxy': answered(403, PAGE, { 'content-type': 'text/html' }),
  'the 404 of a proxy': answered(404, PAGE, { 'content-type': 'text/html' }),
  'a login page': answered(302, PAGE, { 'content-type': 'text/html', location: 'https://login.example.com/' }),
}

/** Half of the first piece, and no more. */
async function* cut(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    const half = piece.subarray(0, piece.byteLength >> 1)
    if (half.byteLength > 0) yield half
    break
  }
  throw accessError('network.truncated', { message: 'The answer ended early (here).' })
}

/**
 * Holds that faults take certainty away and never turn a verdict: in each world every request of a validation is met by each effect,
 * from the first of its kind on and from the second on, and no check that passed fails, none that failed passes, and none
 * that could not tell does.
 */
export function testUnderFaults(cloud: string, worlds: readonly World[], own: { readonly [name: string]: FaultEffect } = {}): void {
  describe.each(worlds)(`${cloud} where $title`, ({ begin }) => {
    let installation: Installation
    let expected: Report
    let operations: readonly string[]
    beforeAll(async () => {
      installation = await begin()
      // What a first validation learns is part of every later one.
      await validate(installation, (transport) => transport)
      const seen = new Set<string>()
      expected = await validate(installation, (transport) => (request, stop) => {
        seen.add(request.operation)
        return transport(request, stop)
      })
      operations = [...seen]
    })
    afterAll(() => installation.close())

    it.each(Object.entries({ ...ANYWHERE, ...own }))('%s turns no verdict', async (_, effect) => {
      expect(operations.length).toBeGreaterThan(2)
      const found: string[] = []
      for (const operation of operations)
        for (const first of [0, 1]) {
          const report = await validate(installation, faulty(operation, first, effect))
          found.push(...turned(expected, report).map((one) => `at ${operation} from number ${first} on: ${one}`))
          if (report.leftovers.length > 0) await validate(installation, (transport) => transport)
        }
      expect(found).toEqual([])
    })
  })
}

/** The effect at each request of the operation, but for so many at first. */
function faulty(operation: string, first: number, effect: FaultEffect): (transport: Transport) => Transport {
  let seen = 0
  return (transport) => (request, stop) => {
    const isMet = request.operation === operation && seen++ >= first
    return isMet ? effect(request, () => transport(request, stop)) : transport(request, stop)
  }
}

async function validate(installation: Installation, layer: (transport: Transport) => Transport): Promise<Report> {
  const validations = installation.validationsThrough(layer)
  const events = await collect(validations.validate(installation.caller, 'acme', { waitSeconds: 0 }, signal))
  const last = events.at(-1)
  if (last?.type !== 'report') throw new Error('the validation ended without a report')
  return last.report
}

/** The checks that say something else with certainty than they say without a fault. */
function turned(expected: Report, report: Report): readonly string[] {
  const before = new Map(expected.checks.map((check) => [check.name, check.status]))
  return report.checks.flatMap(({ name, ...check }) => {
    const was = before.get(name)
    if (was === check.status) return []
    if (check.status === 'failed') return [`${name} ${was} and then failed: ${check.reason}, ${check.message}`]
    return check.status === 'passed' && was !== 'skipped' ? [`${name} ${was} and then passed`] : []
  })
}
