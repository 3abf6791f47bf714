import type { Route } from '../route.ts'
import * as audit from './audit.ts'
import * as connections from './connections.ts'
import * as leases from './leases.ts'
import * as platform from './platform.ts'
import * as setup from './setup.ts'
import * as sql from './sql.ts'
import * as stages from './stages.ts'
import * as validations from './validations.ts'

/** Every route of the API. */
export const routes = { ...platform, ...connections, ...setup, ...validations, ...leases, ...stages, ...sql, ...audit } as const

/** The same as a list, for what treats all alike. */
export const allRoutes: readonly Route[] = Object.values(routes)
