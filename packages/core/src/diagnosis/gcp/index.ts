import type { DiagnosisCase } from '../case.ts'
import type { CloudDiagnosis } from '../cloud-diagnosis.ts'
import { absorbGcp } from './absorb.ts'
import { BUCKET_CAUSES } from './causes/bucket.ts'
import { CREDENTIAL_CAUSES } from './causes/credential.ts'
import { ORGANIZATION_CAUSES } from './causes/organization.ts'
import { PERMISSION_CAUSES } from './causes/permission.ts'
import { TRUST_CAUSES } from './causes/trust.ts'
import { gcpClue } from './clue.ts'
import { gcpCapability, isHarmlessOnGcp } from './operations.ts'
import { predictGcp } from './predict.ts'
import { GCP_PROBES } from './probes.ts'

/** Google Cloud Storage, and what gives tokens for it. */
export const gcpDiagnosis: CloudDiagnosis = {
  cloud: 'gcp',
  causes: [...CREDENTIAL_CAUSES, ...TRUST_CAUSES, ...PERMISSION_CAUSES, ...ORGANIZATION_CAUSES, ...BUCKET_CAUSES],
  absorb: absorbGcp,
  clueOf: gcpClue,
  capabilityOf: gcpCapability,
  isHarmless: isHarmlessOnGcp,
  predict: predictGcp,
  probes: GCP_PROBES,
  recognises,
}

const SIGNS =
  /googleapis?\b|gserviceaccount|google\.(cloud|api_core|auth)|@google-cloud\/|project to be billed|billing account for the owning project|\bgcloud\b|gsutil|\bgs:\/\/|does not have (storage|serviceusage|iam)\.|Permission '(storage|iam)\.|\binvalid_grant\b|\binvalid_target\b|constraints\/|vpcServiceControls|prohibited by organization['’]?s policy|uniform bucket-level access|Cloud KMS key|requester pays bucket|UserProjectMissing|ACCOUNT_STATE_INVALID|IP filtering condition|Invalid JWT/i

function recognises({ connection, observations, documents }: DiagnosisCase): boolean {
  const named = `${connection.location ?? ''} ${connection.principal ?? ''}`
  return (
    /^gc?s:\/\/|gserviceaccount\.com|iam\.googleapis\.com/i.test(named) ||
    documents.bindings !== undefined ||
    observations.some(
      ({ operation = '', message = '', target = '', headers }) =>
        /^(storage|gcs)\.(objects|buckets)\./i.test(operation) ||
        SIGNS.test(`${message.slice(0, 20_000)} ${target}`) ||
        'x-guploader-uploadid' in headers,
    )
  )
}
