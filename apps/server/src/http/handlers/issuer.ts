import { routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, serveRaw, type Env } from '../serve.ts'

/**
 * How long clouds and what lies between may keep the keys. A key is published days before it signs, so this matters only
 * when keys are withdrawn.
 */
const CACHED = { 'cache-control': 'public, max-age=300' }

export function serveIssuer(app: Hono<Env>, deps: AppDeps): void {
  const { discoveryRoute, issuerKeysRoute } = routes
  // A proxy may leave the path of the issuer's URL in place, or take it away.
  for (const base of new Set(['', pathOf(deps.issuerUrl)])) {
    serveRaw(app, deps, { ...discoveryRoute, path: `${base}${discoveryRoute.path}` }, async (c) => {
      const { services } = await deps.parts()
      return c.json(discoveryRoute.answer.parse(services.issuer.discovery()), 200, CACHED)
    })
    serveRaw(app, deps, { ...issuerKeysRoute, path: `${base}${issuerKeysRoute.path}` }, async (c) => {
      const { services } = await deps.parts()
      return c.json(issuerKeysRoute.answer.parse(await services.issuer.keys()), 200, CACHED)
    })
  }
  serve(app, deps, routes.issuerRoute, async (_input, { services }) => services.issuer.show())
  serve(app, deps, routes.rotateIssuerRoute, ({ body }, { services, caller }) =>
    services.issuer.rotate(caller, { withdraw: body.withdraw ?? false }),
  )
}

function pathOf(issuerUrl: string | undefined): string {
  return issuerUrl === undefined ? '' : new URL(issuerUrl).pathname.replace(/\/$/, '')
}
