import { type CheckEvent } from '@sluice/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

let sluice: Installation
const unhandled: unknown[] = []
const note = (reason: unknown) => void unhandled.push(reason)

beforeAll(async () => {
  process.on('unhandledRejection', note)
  sluice = await startInstallation()
  sluice.lab.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  await sluice.connections.create(sluice.caller, {
    name: 'lake',
    cloud: 'aws',
    method: 'role',
    auth: { accountId: CUSTOMER_ACCOUNT },
    locations: [`s3://${BUCKET}/data/`],
    purposes: ['backup'],
  })
  const setup = await sluice.setups.forConnection(sluice.caller, 'lake', {})
  sluice.lab.aws.applyTemplate(CUSTOMER_ACCOUNT, setup.artifacts.find(({ id }) => id === 'cloudformation')?.text ?? '')
})

beforeEach(() => {
  unhandled.length = 0
})

afterAll(async () => {
  process.off('unhandledRejection', note)
  await sluice.close()
})

/** Rejections nobody handles are told of once the turn is over in which they came to be. */
const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

async function abandonedAfter(events: number, leave: 'abort' | 'return'): Promise<readonly CheckEvent[]> {
  const gone = new AbortController()
  const seen: CheckEvent[] = []
  try {
    for await (const event of sluice.validations.validate(sluice.caller, 'lake', {}, gone.signal)) {
      seen.push(event)
      if (seen.length === events && leave === 'return') break
      // As a server does when a caller has gone: with a reason of its own, and in the middle of whatever is under way.
      if (seen.length === events) gone.abort('the caller has gone')
    }
  } catch (reason) {
    expect(reason).toBe('the caller has gone')
  }
  await turns()
  return seen
}

it.each(['abort', 'return'] as const)('a validation left by %s at any moment leaves no failure that nobody handles', async (leave) => {
  const whole = await abandonedAfter(Infinity, leave)
  expect(whole.at(-1)).toMatchObject({ type: 'report', report: { verdict: 'passed' } })
  for (let events = 1; events < whole.length; events++) {
    await abandonedAfter(events, leave)
    expect(unhandled, `after ${events} events`).toEqual([])
  }
})
