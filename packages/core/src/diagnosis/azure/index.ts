import type { DiagnosisCase } from '../case.ts'
import type { CloudDiagnosis } from '../cloud-diagnosis.ts'
import { absorbAzure } from './absorb.ts'
import { ACCOUNT_CAUSES } from './causes/account.ts'
import { IDENTITY_CAUSES } from './causes/identity.ts'
import { NOTICES } from './causes/notices.ts'
import { SAS_CAUSES } from './causes/sas.ts'
import { azureClue } from './clue.ts'
import { azureCapability, isHarmlessOnAzure } from './operations.ts'
import { predictAzure, undecidedAzure } from './predict.ts'
import { AZURE_PROBES } from './probes.ts'

/** Azure Blob Storage and Data Lake Storage, and Entra ID in front of them. */
export const azureDiagnosis: CloudDiagnosis = {
  cloud: 'azure',
  causes: [...SAS_CAUSES, ...IDENTITY_CAUSES, ...ACCOUNT_CAUSES, ...NOTICES],
  absorb: absorbAzure,
  clueOf: azureClue,
  capabilityOf: azureCapability,
  isHarmless: isHarmlessOnAzure,
  predict: predictAzure,
  leavesOpen: undecidedAzure,
  probes: AZURE_PROBES,
  recognises,
}

const SIGNS =
  /core\.(windows|chinacloudapi|usgovcloudapi)\.|AADSTS\d|x-ms-(request-id|error-code|version)|microsoftonline|\bazure\b|Authorization(PermissionMismatch|ResourceTypeMismatch|ServiceMismatch|ProtocolMismatch|SourceIPMismatch|Failure)|AuthenticationErrorDetail|KeyBasedAuthenticationNotPermitted|PublicAccessNotPermitted|NoAuthenticationInformation|InvalidAuthenticationInfo|ContainerNotFound|not authorized to perform this\b|Storage Blob Data (Owner|Contributor|Reader)|Server failed to authenticate the request|Signature (did not match|fields not well formed|not valid in the specified)/i

function recognises({ connection, observations, documents }: DiagnosisCase): boolean {
  return (
    /^(azure|azblob|abfss?|wasbs?):\/\/|core\.windows\.net/i.test(connection.location ?? '') ||
    documents.sasToken !== undefined ||
    documents.roles !== undefined ||
    observations.some(
      ({ message = '', target = '', code = '', headers }) =>
        SIGNS.test(`${message.slice(0, 20_000)} ${target} ${code}`) || 'x-ms-request-id' in headers || 'x-ms-error-code' in headers,
    )
  )
}
