import { toProblem } from '@sluice/api'
import { accessError, asAccessError } from '@sluice/core'
import { RequestError } from '@hono/node-server'
import { Hono } from 'hono'
import type { AppDeps } from './deps.ts'
import { serveAudit } from './handlers/audit.ts'
import { serveConnections } from './handlers/connections.ts'
import { serveDiagnoses } from './handlers/diagnoses.ts'
import { serveIssuer } from './handlers/issuer.ts'
import { serveLeases } from './handlers/leases.ts'
import { serveLocations } from './handlers/locations.ts'
import { servePlatform } from './handlers/platform.ts'
import { serveRotations } from './handlers/rotations.ts'
import { serveSetup } from './handlers/setup.ts'
import { serveSql } from './handlers/sql.ts'
import { serveStages } from './handlers/stages.ts'
import { serveValidations } from './handlers/validations.ts'
import { landingPage } from './landing.ts'
import type { Env } from './serve.ts'

/** The HTTP application over the use cases. It opens no port: `app.fetch` answers requests. */
export function createApp(deps: AppDeps): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    const started = deps.clock.now()
    const requestId = /^[\w.-]{8,64}$/.exec(c.req.header('x-request-id') ?? '')?.[0] ?? deps.newRequestId()
    c.set('requestId', requestId)
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value)
    c.res.headers.set('x-request-id', requestId)
    // The path itself may name things of the customer; the operation says enough.
    const line = { requestId, operation: c.get('operation') ?? 'none', actor: c.get('actor') ?? 'nobody', status: c.res.status }
    deps.log.info({ ...line, ms: Math.round(deps.clock.now() - started) }, 'request')
  })
  const page = landingPage(deps.version)
  app.get('/', (c) => c.html(page.html, 200, { 'content-security-policy': page.contentSecurityPolicy }))
  servePlatform(app, deps)
  serveIssuer(app, deps)
  serveLocations(app, deps)
  serveConnections(app, deps)
  serveSetup(app, deps)
  serveValidations(app, deps)
  serveDiagnoses(app, deps)
  serveRotations(app, deps)
  serveLeases(app, deps)
  serveStages(app, deps)
  serveSql(app, deps)
  serveAudit(app, deps)
  app.notFound((c) =>
    problemResponse(c.get('requestId'), accessError('request.no_such_route', { message: `There is no ${c.req.method} ${c.req.path}.` })),
  )
  app.onError((thrown, c) => {
    const error = asAccessError(thrown)
    if (error.code === 'internal')
      deps.log.defect({ requestId: c.get('requestId'), operation: c.get('operation') }, 'A request failed', thrown)
    return problemResponse(c.get('requestId'), error)
  })
  return app
}

/** Answers what could not be made a request of, and so never came to the application. */
export function answerUnreadable(deps: Pick<AppDeps, 'newRequestId' | 'log'>): (thrown: unknown) => Response {
  return (thrown) => {
    const requestId = deps.newRequestId()
    if (thrown instanceof RequestError)
      return problemResponse(requestId, accessError('request.invalid', { message: 'The request line or the Host header is malformed.' }))
    deps.log.defect({ requestId }, 'A request failed', thrown)
    return problemResponse(requestId, thrown)
  }
}

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

function problemResponse(requestId: string, error: unknown): Response {
  const problem = toProblem(error, requestId)
  const headers = {
    'content-type': 'application/problem+json',
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="sluice"' } : {}),
  }
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}
