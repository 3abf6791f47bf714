import type { Route } from '@sluice/core'
import { bareHost, matchesHost } from './egress.ts'

/** Where a URL's request really goes, if a route of the operator sends it elsewhere. The first that matches wins. */
export function routeFor(routes: readonly Route[], url: URL): URL | undefined {
  const host = bareHost(url)
  const found = routes.find((route) => matchesHost(route.host, host))
  return found === undefined ? undefined : new URL(found.to)
}
