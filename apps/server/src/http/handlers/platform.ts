import { openApiDocument, routes } from '@sluice/api'
import type { Hono } from 'hono'
import type { AppDeps } from '../deps.ts'
import { serve, type Env } from '../serve.ts'

export function servePlatform(app: Hono<Env>, deps: AppDeps): void {
  const { services } = deps
  serve(app, deps, routes.healthRoute, async () => ({ status: 'ok' as const, version: deps.version }))
  serve(app, deps, routes.platformRoute, async () => services.platform())
  serve(app, deps, routes.cloudsRoute, async () => ({
    clouds: services.connections.clouds().map((cloud) => ({
      ...cloud,
      schemes: [...cloud.schemes],
      methods: cloud.methods.map((method) => ({ ...method, fields: [...method.fields], access: [...method.access] })),
    })),
  }))
  serve(app, deps, routes.openapiRoute, async () => openApiDocument(deps.version))
}
