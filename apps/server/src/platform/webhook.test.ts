import { createHmac } from 'node:crypto'
import type { HttpRequest } from '@sluice/core'
import { expect, it } from 'vitest'
import { createWebhook } from './webhook.ts'

const signal = new AbortController().signal
const CHANGE = {
  kind: 'drift',
  organization: 'org',
  project: 'p',
  connection: 'lake',
  connectionId: 'conn_1',
  at: '2026-11-22T00:00:00.000Z',
} as const

function world(answers: readonly (number | 'reset')[]) {
  const sent: HttpRequest[] = []
  const waits: number[] = []
  const announce = createWebhook({
    url: 'https://hooks.example.com/sluice',
    secret: 'shared',
    clock: { now: () => 1_000_000, sleep: async (ms) => void waits.push(ms) },
    random: { bytes: (length) => new Uint8Array(length), fraction: () => 1 },
    transport: async (request) => {
      const answer = answers[sent.length] ?? 200
      sent.push(request)
      if (answer === 'reset') throw new Error('reset')
      return { status: answer, headers: {}, body: (async function* () {})() }
    },
  })
  return { sent, waits, announce }
}

it('signs what it sends, with the time, so that a receiver can tell that it is ours and new', async () => {
  const { sent, announce } = world([200])
  await announce(CHANGE, signal)
  const [request] = sent
  const body = Buffer.from(request?.body ?? []).toString()
  expect(JSON.parse(body)).toEqual({ type: 'connection.health', ...CHANGE })
  const expected = createHmac('sha256', 'shared').update(`1000.${body}`).digest('hex')
  expect(request?.headers).toMatchObject({ 'x-sluice-time': '1000', 'x-sluice-signature': `sha256=${expected}` })
})

it('tries again what may pass, and gives up what does not', async () => {
  const passing = world(['reset', 503, 200])
  await passing.announce(CHANGE, signal)
  expect([passing.sent.length, passing.waits]).toEqual([3, [1_000, 2_000]])
  await expect(world([400]).announce(CHANGE, signal)).rejects.toMatchObject({ reason: 'webhook.undelivered' })
  const down = world([500, 500, 500, 500])
  await expect(down.announce(CHANGE, signal)).rejects.toMatchObject({ reason: 'webhook.undelivered' })
  expect(down.sent).toHaveLength(4)
})
