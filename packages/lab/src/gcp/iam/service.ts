import { apiRoutes } from '../api-route.ts'
import { KEY_ROUTES } from './keys.ts'
import { POOL_ROUTES } from './pools.ts'
import { PROVIDER_ROUTES } from './providers.ts'
import { ROLE_ROUTES } from './roles.ts'
import { ACCOUNT_ROUTES } from './service-accounts.ts'

/** The IAM API, as far as a setup asks it. https://cloud.google.com/iam/docs/reference/rest */
export const IAM_ROUTES = apiRoutes([...ACCOUNT_ROUTES, ...KEY_ROUTES, ...ROLE_ROUTES, ...POOL_ROUTES, ...PROVIDER_ROUTES])
