import { type Cloud, type Connection, type Platform, connectionSubject } from '@sluice/core'
import type { CloudDeps } from '../deps.ts'
import { withRetries } from '../http/retry-layer.ts'
import { createRegionMemory } from '../store/region-memory.ts'
import { ALIYUN_METHODS, parseAliyunAuth } from './auth.ts'
import { splitOssCredential } from './credential-url.ts'
import { diagnoseAliyun } from './diagnosis/index.ts'
import { leaseAliyun } from './lease.ts'
import { formatOssLocation } from './location.ts'
import { ALIYUN_CAPABILITIES, openAliyunStore } from './open-store.ts'
import { ossEndpoint } from './own-endpoint.ts'
import { parseAliyunUrl } from './parse.ts'
import { removableInAliyun } from './removable.ts'
import { setupAliyun } from './setup/index.ts'
import { validateAliyun } from './validation/index.ts'

/** Alibaba Cloud OSS. */
export function createAliyunCloud(deps: CloudDeps): Cloud {
  const regions = createRegionMemory()
  return {
    id: 'aliyun',
    label: 'Alibaba Cloud OSS',
    schemes: ['oss://'],
    methods: ALIYUN_METHODS,
    capabilities: ALIYUN_CAPABILITIES,
    storageTypes: ['oss'],
    takesEndpoint: false,
    ownEndpoint: ossEndpoint,
    parse: parseAliyunUrl,
    format: formatOssLocation,
    splitCredential: splitOssCredential,
    principal: principalOf,
    parseAuth: parseAliyunAuth,
    setup: setupAliyun,
    removable: removableInAliyun,
    validation: (subject) => validateAliyun(deps, regions, subject),
    diagnostics: diagnoseAliyun(deps, regions),
    lease: (open, scope, seconds, signal) => leaseAliyun(deps, open, scope, seconds, signal),
    open: (connection, location, current) => withRetries(deps)(openAliyunStore(deps, regions, connection, location, current)),
  }
}

/** Whom the role of a connection trusts. */
function principalOf(connection: Connection, platform: Platform): string | undefined {
  if (connection.auth.method === 'role') return platform.aliyun?.principalArn
  if (connection.auth.method !== 'oidc' || platform.issuer === undefined) return undefined
  return `${platform.issuer.url} as ${connectionSubject(connection)}`
}
