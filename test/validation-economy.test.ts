import type { Client } from '@sluice/api'
import type { Purpose } from '@sluice/core'
import type { RequestLogEntry } from '@sluice/lab'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collect } from './support/collect.ts'
import { longestChain } from './support/longest-chain.ts'
import { BUCKET, CUSTOMER, type Tenants, startTenants } from './support/tenants.ts'

const LATENCY_MS = 40
const MOST_DEPENDENT = 6
const MOST_RUNS = 8
const SLACK_MS = LATENCY_MS / 4

let tenants: Tenants
let client: Client

beforeAll(async () => {
  tenants = await startTenants('one organization')
  client = tenants.acme
})
afterAll(() => tenants.close())

/** The requests of a validation that passes, and the longest chain in them: of the first of several runs that is short enough, or the last. */
async function economyOf(name: string): Promise<{ readonly all: readonly string[]; readonly chain: readonly string[] }> {
  for (let run = 1; ; run++) {
    tenants.lab.requests.clear()
    const last = (await collect(client.connections.validate(name, { waitSeconds: 0 }))).at(-1)
    expect(last).toMatchObject({ report: { verdict: 'passed' } })
    const entries = tenants.lab.requests.entries()
    const chain = longestChain(entries, SLACK_MS)
    if (chain.length <= MOST_DEPENDENT || run === MOST_RUNS) return { all: entries.map(shown), chain: chain.map(shown) }
  }
}

function shown({ operation, key, status }: RequestLogEntry): string {
  return `${operation} ${key ?? ''} ${status}`
}

it.each<readonly [purposes: readonly Purpose[]]>([[['import']], [['export']], [['backup', 'import', 'purge', 'logs']]])(
  'a validation for %j makes a chain of at most six dependent requests',
  async (purposes) => {
    const name = purposes[0] ?? ''
    await client.connections.create({
      name,
      cloud: 'aws',
      method: 'role',
      auth: { accountId: CUSTOMER },
      locations: [`s3://${BUCKET}/acme/`],
      purposes: [...purposes],
    })
    const setup = await client.setup.show(name, {})
    tenants.lab.aws.applyTemplate(CUSTOMER, setup.artifacts.find((artifact) => artifact.id === 'cloudformation')?.text ?? '', {})
    const fault = tenants.lab.faults.add({ operation: '*', effect: { kind: 'latency', ms: LATENCY_MS } })
    const { all, chain } = await economyOf(name)
    tenants.lab.faults.remove(fault)
    expect(all.length).toBeGreaterThan(MOST_DEPENDENT)
    // The role is assumed, then used: a shorter chain would mean that the measure is wrong.
    expect(chain.length).toBeGreaterThanOrEqual(2)
    expect(chain.length, chain.join('\n')).toBeLessThanOrEqual(MOST_DEPENDENT)
  },
)

it('finds the longest chain', () => {
  const entry = (key: string, start: number, end: number): RequestLogEntry => ({
    id: key,
    key,
    at: new Date(end).toISOString(),
    ms: end - start,
    operation: 's3.GetObject',
    principal: '-',
    status: 200,
    bytesOut: 0,
  })
  const entries = [entry('a', 0, 40), entry('b', 1, 45), entry('c', 41, 80), entry('d', 44, 90), entry('e', 85, 130), entry('f', 10, 300)]
  expect(longestChain(entries, SLACK_MS).map(({ key }) => key)).toEqual(['a', 'c', 'e'])
  expect(longestChain(entries.slice(3), SLACK_MS).map(({ key }) => key)).toEqual(['d', 'e'])
  expect(longestChain([], SLACK_MS)).toEqual([])
})
