import type { LabCloud } from '../http/cloud.ts'
import { identifyBlob } from './blob/service.ts'
import type { AzureState } from './state/types.ts'

/** Azure in the lab: Blob Storage and the identities that may use it. */
export function azureCloud(state: AzureState): LabCloud {
  return {
    identify: async (request) => identifyBlob(state, request),
  }
}
