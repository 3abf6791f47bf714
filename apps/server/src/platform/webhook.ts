import { createHmac } from 'node:crypto'
import { accessError, type Clock, type Random, type Transport } from '@sluice/core'
import type { HealthChange } from '@sluice/service'

interface WebhookDeps {
  readonly url: string
  /** Signs what is sent, so that whoever receives it can tell that it is ours. */
  readonly secret?: string
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
}

const TRIES = 4
const FIRST_PAUSE_MS = 1_000

/**
 * Tells the operator's own endpoint of changes: `POST` of JSON, `x-sluice-signature: sha256=<hex>` over `<time>.<body>`, tried a few times.
 * What it tells is what the audit has: no secret, no external id.
 */
export function createWebhook(deps: WebhookDeps): (change: HealthChange, signal: AbortSignal) => Promise<void> {
  return async (change, signal) => {
    const body = JSON.stringify({ type: 'connection.health', ...change })
    for (let attempt = 1; ; attempt += 1) {
      const status = await send(deps, body, signal)
      if (status !== undefined && status < 300) return
      if (attempt >= TRIES || (status !== undefined && status < 500 && status !== 429))
        throw accessError('webhook.undelivered', {
          message: `The webhook ${status === undefined ? 'could not be reached' : `answered ${status}`}; connection ${change.connection}, ${change.kind}.`,
        })
      await deps.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + deps.random.fraction() / 2), signal)
    }
  }
}

/** The status answered; undefined where there was no answer. */
async function send({ url, secret, transport, clock }: WebhookDeps, body: string, signal: AbortSignal): Promise<number | undefined> {
  const time = String(Math.floor(clock.now() / 1000))
  const signature = secret === undefined ? undefined : createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'x-sluice-time': time,
    ...(signature === undefined ? {} : { 'x-sluice-signature': `sha256=${signature}` }),
  }
  try {
    const response = await transport(
      { method: 'POST', url: new URL(url), headers, body: Buffer.from(body), operation: 'webhook.Send' },
      signal,
    )
    await response.body[Symbol.asyncIterator]().return?.()
    return response.status
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
