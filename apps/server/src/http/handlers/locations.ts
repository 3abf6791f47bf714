import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'
import { locationView } from '../views.ts'

export function serveLocations(app: Hono<Env>, deps: AppDeps): void {
  serve(app, deps, routes.readLocationRoute, async ({ body }, served) => ({
    readings: served.services.connections
      .readUrl(body.url)
      .map(({ location, ...reading }) => ({ ...reading, location: locationView(location, served) })),
  }))
}
