import { createTransport } from '@sluice/clouds'
import { createExpiryWatch, createHealthWatch, type ServiceDeps, type Services } from '@sluice/service'
import type { Config } from './config/config.ts'
import type { Log } from './log.ts'
import { createWebhook } from './platform/webhook.ts'

/** What a server looks at by itself, until it is stopped. */
export interface Watching {
  stop(): Promise<void>
}

/** Starts looking at secrets that end, and, unless the operator turned it off, at connections that may have stopped to hold. */
export function startWatching(
  { watch: { hours, webhook } }: Config,
  deps: ServiceDeps,
  { validations }: Pick<Services, 'validations'>,
  { version, log }: { readonly version: string; readonly log: Pick<Log, 'defect'> },
): Watching {
  const stopping = new AbortController()
  // The operator's own endpoint may be on any host, also one of their own network: it is configuration, not a user's input.
  const hooks = webhook === undefined ? undefined : createTransport({ egress: { allowHosts: [new URL(webhook.url).hostname] }, version })
  const announce =
    webhook === undefined || hooks === undefined ? {} : { announce: createWebhook({ ...deps, ...webhook, transport: hooks }) }
  const failed = (what: string) => (cause: unknown) => log.defect({}, what, cause)
  const running = [
    createExpiryWatch(deps).run(stopping.signal, failed('The ends of secrets could not be looked at')),
    ...(hours === 0
      ? []
      : [
          createHealthWatch({ ...deps, ...announce, validations, hours }).run(
            stopping.signal,
            failed('A connection could not be looked at, or nobody be told of it'),
          ),
        ]),
  ]
  return {
    async stop() {
      stopping.abort()
      await Promise.all(running)
      hooks?.close()
    },
  }
}
