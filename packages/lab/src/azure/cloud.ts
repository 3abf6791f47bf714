import type { LabCloud } from '../http/cloud.ts'
import type { Issuers } from '../oidc/issuers.ts'
import { identifyBlob } from './blob/service.ts'
import { identifyManagedIdentity } from './entra/managed-identity.ts'
import { identifyEntra } from './entra/token.ts'
import type { AzureState } from './state/types.ts'

/** Azure in the lab: Blob Storage, and the identities that may use it. */
export function azureCloud(state: AzureState, issuers: Issuers): LabCloud {
  return {
    identify: async (request) =>
      identifyBlob(state, request) ?? identifyEntra(state, issuers, request) ?? identifyManagedIdentity(state, request),
  }
}
