import { type Cloud, type Connection, connectionSubject, type Platform } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { createRegionMemory } from '../store/region-memory.ts'
import { splitS3Credential } from '../s3-protocol/credential-url.ts'
import { formatLocation } from '../s3-protocol/location.ts'
import { AWS_METHODS, parseAwsAuth } from './auth.ts'
import { diagnoseAws } from './diagnosis/index.ts'
import { leaseAws } from './lease.ts'
import { awsEndpoint } from './own-endpoint.ts'
import { parseAwsUrl } from './parse.ts'
import { AWS_CAPABILITIES, openAwsStore } from './open-store.ts'
import { removableInAws } from './removable.ts'
import { setupAws } from './setup/index.ts'
import { validateAws } from './validation/index.ts'

/** Amazon S3. */
export function createAwsCloud(deps: CloudDeps): Cloud {
  const regions = createRegionMemory()
  return {
    id: 'aws',
    label: 'Amazon S3',
    schemes: ['s3://'],
    methods: AWS_METHODS,
    capabilities: AWS_CAPABILITIES,
    storageTypes: ['s3'],
    takesEndpoint: false,
    ownEndpoint: awsEndpoint,
    parse: parseAwsUrl,
    format: formatLocation,
    splitCredential: splitS3Credential,
    principal: trusted,
    parseAuth: parseAwsAuth,
    setup: setupAws,
    removable: removableInAws,
    validation: (subject) => validateAws(deps, regions, subject),
    diagnostics: diagnoseAws(deps, regions),
    lease: (open, scope, seconds, signal) => leaseAws(deps, open, scope, seconds, signal),
    open: (connection, location, current) => withRetries(deps)(openAwsStore(deps, regions, connection, location, current)),
  }
}

/** Whom the customer's role trusts: our own identity, or our issuer as far as it speaks of this connection. */
function trusted(connection: Connection, platform: Platform): string | undefined {
  const { method } = connection.auth
  if (method === 'role') return platform.aws?.principalArn
  if (method !== 'oidc' || platform.issuer === undefined) return undefined
  return `${platform.issuer.url} ${connectionSubject(connection)}`
}
