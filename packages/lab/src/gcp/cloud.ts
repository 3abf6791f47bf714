import type { LabCloud } from '../http/cloud.ts'
import { cloudOfHost } from '../http/hosts.ts'
import type { LabRequest } from '../http/request.ts'
import type { Identified } from './call.ts'
import { identifyCredentials } from './credentials/service.ts'
import { GoogleError, notImplemented } from './error.ts'
import { identifyOAuth } from './oauth/service.ts'
import { refuseApi } from './refuse.ts'
import type { GcpState } from './state/types.ts'
import { isJsonPath } from './storage/route.ts'
import { identifyJson } from './storage/service.ts'
import { identifySts } from './sts/service.ts'

/** Google Cloud in the lab. At the lab's own address it answers what only the JSON API's clients ask. */
export function gcpCloud(state: GcpState): LabCloud {
  return {
    async identify(request) {
      const isOurs = request.direct ? isJsonPath(request.rawPath) : cloudOfHost(request.host) === 'gcp'
      if (!isOurs) return undefined
      const found = identify(request)
      return {
        operation: found.operation,
        ...(found.bucket === undefined ? {} : { bucket: found.bucket }),
        ...(found.key === undefined ? {} : { key: found.key }),
        headers: (requestId) => ({ 'x-guploader-uploadid': requestId, vary: 'Origin', 'x-content-type-options': 'nosniff' }),
        refuse: ({ status, code, message }) => found.refuse(new GoogleError(status, code, message)),
        run: async (call) => {
          try {
            return await found.run({ ...call, state })
          } catch (error) {
            if (error instanceof GoogleError) return found.refuse(error)
            throw error
          }
        },
      }
    },
  }
}

function identify(request: LabRequest): Identified {
  if (request.direct) return identifyJson(request)
  switch (request.host) {
    case 'oauth2.googleapis.com':
    case 'www.googleapis.com':
      return isJsonPath(request.rawPath) ? identifyJson(request) : identifyOAuth(request)
    case 'sts.googleapis.com':
      return identifySts(request)
    case 'iamcredentials.googleapis.com':
      return identifyCredentials(request)
    case 'storage.googleapis.com':
      return identifyJson(request)
    default:
      return {
        operation: 'gcp.unknown',
        refuse: refuseApi,
        run: async () => {
          throw notImplemented(`the service at ${request.host}`)
        },
      }
  }
}
