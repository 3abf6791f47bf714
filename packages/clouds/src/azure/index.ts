import { type Cloud, connectionSubject } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { AZURE_METHODS, parseAzureAuth } from './auth.ts'
import { createAbortedUploads } from './blocks.ts'
import { splitAzureCredential } from './credential-url.ts'
import { diagnoseAzure } from './diagnosis/index.ts'
import { createAzureMemory, leaseAzure } from './lease.ts'
import { AZURE_CAPABILITIES, openAzureStore } from './open-store.ts'
import { azureEndpoint } from './own-endpoint.ts'
import { formatAzureLocation, parseAzureUrl } from './parse.ts'
import { removableInAzure } from './removable.ts'
import { setupAzure } from './setup/index.ts'
import { validateAzure } from './validation/index.ts'

/** Azure Blob Storage. */
export function createAzureCloud(deps: CloudDeps): Cloud {
  const memory = { ...createAzureMemory(deps), aborted: createAbortedUploads() }
  return {
    id: 'azure',
    label: 'Azure Blob Storage',
    schemes: ['azure://', 'azblob://', 'abfss://'],
    methods: AZURE_METHODS,
    capabilities: AZURE_CAPABILITIES,
    storageTypes: ['azblob', 'azure'],
    takesEndpoint: false,
    ownEndpoint: azureEndpoint,
    parse: parseAzureUrl,
    format: formatAzureLocation,
    splitCredential: splitAzureCredential,
    principal: (connection, platform) => {
      const { method } = connection.auth
      if (method === 'managed-identity') return platform.azure?.objectId
      return method === 'federation' && platform.issuer !== undefined
        ? `${platform.issuer.url} ${connectionSubject(connection)}`
        : undefined
    },
    parseAuth: parseAzureAuth,
    setup: setupAzure,
    removable: removableInAzure,
    validation: (subject) => validateAzure(deps, memory, subject),
    diagnostics: diagnoseAzure(deps),
    lease: (open, scope, seconds, signal) => leaseAzure(deps, memory, open, scope, seconds, signal),
    open: (connection, location, current) => withRetries(deps)(openAzureStore(deps, memory, connection, location, current)),
  }
}
