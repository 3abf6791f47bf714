import { type Cloud, accessError } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { leaseId } from '../lease-id.ts'
import { splitS3Credential } from '../s3-protocol/credential-url.ts'
import { formatLocation } from '../s3-protocol/location.ts'
import { storedKeys } from '../s3-protocol/stored-keys.ts'
import { S3_METHODS, parseS3Auth } from './auth.ts'
import { diagnoseS3 } from './diagnosis.ts'
import { openS3Store } from './open-store.ts'
import { parseS3Url } from './parse.ts'
import { S3_CAPABILITIES, S3_PRESETS } from './presets.ts'
import { removableInS3 } from './removable.ts'
import { setupS3 } from './setup/index.ts'
import { validateS3 } from './validation/index.ts'

/** Any store that speaks the S3 protocol: an endpoint and keys. */
export function createS3Cloud(deps: CloudDeps): Cloud {
  return {
    id: 's3',
    label: 'S3-compatible store',
    schemes: ['s3://'],
    methods: S3_METHODS,
    capabilities: S3_CAPABILITIES,
    storageTypes: ['s3'],
    takesEndpoint: true,
    presets: S3_PRESETS,
    parse: parseS3Url,
    format: formatLocation,
    splitCredential: splitS3Credential,
    principal: () => undefined,
    parseAuth: parseS3Auth,
    setup: setupS3,
    removable: removableInS3,
    validation: (subject) => validateS3(deps, subject),
    diagnostics: diagnoseS3(deps),
    lease: async (open, scope) => {
      if (scope.access.length === 0) throw accessError('aws.lease.empty', { message: 'A lease that allows nothing was asked for.' })
      const lease = { id: leaseId(deps.random), scope, narrowed: false, expiresAt: Infinity }
      const anonymous = open.connection.auth.method === 'none'
      return { ...lease, secret: anonymous ? { kind: 'anonymous' } : { kind: 'aws', ...storedKeys(open) } }
    },
    open: (connection, location, current) => withRetries(deps)(openS3Store(deps, connection, location, current)),
  }
}
