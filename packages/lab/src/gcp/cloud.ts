import { cloudOperation, type LabCloud } from '../http/cloud.ts'
import { cloudOfHost } from '../http/hosts.ts'
import type { LabRequest } from '../http/request.ts'
import { findRoute, identifyApi } from './api-route.ts'
import type { Identified } from './call.ts'
import { identifyCredentials } from './credentials/service.ts'
import { GoogleError, notImplemented } from './error.ts'
import { IAM_ROUTES } from './iam/service.ts'
import { identifyOAuth } from './oauth/service.ts'
import { PROJECT_ROUTES } from './projects/service.ts'
import { refuseApi } from './refuse.ts'
import type { GcpState } from './state/types.ts'
import { isJsonPath } from './storage/route.ts'
import { identifyJson } from './storage/service.ts'
import { isBucketHost } from './storage/xml/route.ts'
import { identifyXml } from './storage/xml/service.ts'
import { isSignedUrl } from './storage/xml/signature.ts'
import { identifySts } from './sts/service.ts'

/** Google Cloud in the lab. At the lab's own address it answers what no other cloud's clients ask there. */
export function gcpCloud(state: GcpState): LabCloud {
  return {
    async identify(request) {
      const host = request.direct ? hostByPath(request) : request.host
      if (host === undefined || cloudOfHost(host) !== 'gcp') return undefined
      const found = identify(request, host)
      return cloudOperation({ ...found, run: (call) => found.run({ ...call, state }) }, GoogleError, (requestId) => ({
        'x-guploader-uploadid': requestId,
        vary: 'Origin',
        'x-content-type-options': 'nosniff',
      }))
    },
  }
}

/** The host that a request to the lab's own address would go to: clients with endpoints of their own send only the path. */
function hostByPath(request: LabRequest): string | undefined {
  const { method, rawPath } = request
  if (isJsonPath(rawPath) || isSignedUrl(request)) return 'storage.googleapis.com'
  if (method === 'POST' && rawPath === '/token') return 'oauth2.googleapis.com'
  if (rawPath === '/v1/token') return 'sts.googleapis.com'
  if (/^\/v1\/projects\/-\/serviceAccounts\/[^/]+:(generateAccessToken|signBlob)$/.test(rawPath)) return 'iamcredentials.googleapis.com'
  if (findRoute(IAM_ROUTES, request)) return 'iam.googleapis.com'
  return findRoute(PROJECT_ROUTES, request) ? 'cloudresourcemanager.googleapis.com' : undefined
}

function identify(request: LabRequest, host: string): Identified {
  switch (host) {
    case 'oauth2.googleapis.com':
      return identifyOAuth(request)
    case 'sts.googleapis.com':
      return identifySts(request)
    case 'iamcredentials.googleapis.com':
      return identifyCredentials(request)
    case 'iam.googleapis.com':
      return identifyApi('iam', IAM_ROUTES, request)
    case 'cloudresourcemanager.googleapis.com':
      return identifyApi('cloudresourcemanager', PROJECT_ROUTES, request)
    case 'storage.googleapis.com':
      return isJsonPath(request.rawPath) ? identifyJson(request) : identifyXml(request)
    case 'www.googleapis.com':
      return isJsonPath(request.rawPath) ? identifyJson(request) : identifyOAuth(request)
    default:
      if (isBucketHost(host)) return identifyXml(request)
      return {
        operation: 'gcp.unknown',
        refuse: refuseApi,
        run: async () => {
          throw notImplemented(`the service at ${host}`)
        },
      }
  }
}
