import { type Cloud, type Lease, connectionSubject } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { GCP_METHODS, parseGcpAuth } from './auth.ts'
import { diagnoseGcp } from './diagnosis/index.ts'
import { type BlobSigner, ourMember } from './identity.ts'
import { type Signers, leaseGcp } from './lease.ts'
import { GCP_CAPABILITIES, openGcpStore } from './open-store.ts'
import { gcsEndpoint } from './own-endpoint.ts'
import { formatGcpLocation, parseGcpUrl } from './parse.ts'
import { removableInGcp } from './removable.ts'
import { setupGcp } from './setup/index.ts'
import { validateGcp } from './validation/index.ts'

/** Google Cloud Storage. */
export function createGcpCloud(deps: CloudDeps): Cloud {
  const signers: Signers = new WeakMap<Lease, BlobSigner>()
  return {
    id: 'gcp',
    label: 'Google Cloud Storage',
    schemes: ['gs://', 'gcs://'],
    methods: GCP_METHODS,
    capabilities: GCP_CAPABILITIES,
    storageTypes: ['gcs', 'gs'],
    takesEndpoint: false,
    ownEndpoint: gcsEndpoint,
    parse: parseGcpUrl,
    format: formatGcpLocation,
    // Nothing that people paste here holds a credential that could be kept: presigned URLs are refused.
    splitCredential: (url) => ({ url }),
    principal: (connection, platform) => {
      if (connection.auth.method === 'service-account-key') return undefined
      const member = ourMember(connection, platform)
      if (member !== undefined) return member.replace(/^serviceAccount:/, '')
      return platform.issuer === undefined ? undefined : `${platform.issuer.url} ${connectionSubject(connection)}`
    },
    parseAuth: parseGcpAuth,
    setup: setupGcp,
    removable: removableInGcp,
    validation: (subject) => validateGcp(deps, signers, subject),
    diagnostics: diagnoseGcp(deps),
    lease: (open, scope, seconds, signal) => leaseGcp(deps, signers, open, scope, seconds, signal),
    open: (connection, location, current) => withRetries(deps)(openGcpStore(deps, signers, connection, location, current)),
  }
}
