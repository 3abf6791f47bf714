import type { Answer } from '../http/answer.ts'
import { percentDecode, type LabRequest } from '../http/request.ts'
import type { Call, Identified } from './call.ts'
import { notImplemented } from './error.ts'
import { refuseApi } from './refuse.ts'

/** What a path holds in the places of a route: `{project}`. */
export type PathParts = { readonly [name: string]: string }

/** One method of an API. */
export interface ApiRoute {
  /** `iam.roles.create` */
  readonly operation: string
  readonly method: string
  /** `/v1/projects/{project}/roles/{role}:undelete` */
  readonly path: string
  run(call: Call, parts: PathParts): Promise<Answer>
}

/** The methods of an API, ready to be found by their paths. */
export type ApiRoutes = readonly { readonly route: ApiRoute; readonly pattern: RegExp }[]

/** A place of a path takes what is neither a slash nor a colon: a colon begins a custom method. */
export function apiRoutes(routes: readonly ApiRoute[]): ApiRoutes {
  return routes.map((route) => {
    const source = route.path.replaceAll('.', String.raw`\.`).replace(/\{(\w+)\}/g, '(?<$1>[^/:]+)')
    return { route, pattern: new RegExp(`^${source}$`) }
  })
}

/** Finds the method that a request asks for; undefined where the API has none such. */
export function findRoute(
  routes: ApiRoutes,
  { method, rawPath }: LabRequest,
): { readonly route: ApiRoute; readonly parts: PathParts } | undefined {
  const path = percentDecode(rawPath) ?? ''
  for (const { route, pattern } of routes) {
    const found = route.method === method ? pattern.exec(path) : null
    if (found) return { route, parts: { ...found.groups } }
  }
  return undefined
}

/** Recognises a request to an API that is made of such methods. */
export function identifyApi(service: string, routes: ApiRoutes, request: LabRequest): Identified {
  const found = findRoute(routes, request)
  return {
    operation: found?.route.operation ?? `${service}.unknown`,
    refuse: refuseApi,
    run: async (call) => {
      if (!found) throw notImplemented(`${request.method} ${request.rawPath}`)
      return found.route.run(call, found.parts)
    },
  }
}
