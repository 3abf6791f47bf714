import { routes, type RotationEventView } from '@sluice/api'
import type { RotationEvent } from '@sluice/service'
import type { Hono } from 'hono'
import type { AppDeps, Parts } from '../deps.ts'
import { serveEvents } from '../serve-events.ts'
import { serve, type Env } from '../serve.ts'
import { connectionView } from '../views.ts'

export function serveRotations(app: Hono<Env>, deps: AppDeps): void {
  serveEvents(app, deps, routes.rotateConnectionRoute, ({ params, body }) => ({
    run: ({ rotations }, caller, signal, parts) => viewed(rotations.rotate(caller, params.name, body, signal), parts, deps),
    answer: (event: RotationEventView) => (event.type === 'rotation' ? event.rotation : undefined),
  }))

  serve(app, deps, routes.abandonRotationRoute, async ({ params }, served) => ({
    connection: connectionView(await served.services.rotations.abandon(served.caller, params.name), served, deps.clock.now()),
  }))
}

async function* viewed(
  events: AsyncIterable<RotationEvent>,
  parts: Parts,
  { clock }: AppDeps,
): AsyncGenerator<RotationEventView, void, undefined> {
  for await (const event of events) {
    if (event.type !== 'rotation') yield event
    else {
      const { outcome, connection, report, warnings } = event.rotation
      const rotation = { outcome, connection: connectionView(connection, parts, clock.now()), report, warnings: [...warnings] }
      yield { type: 'rotation', rotation }
    }
  }
}
