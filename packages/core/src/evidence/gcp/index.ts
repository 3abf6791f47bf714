import type { CloudEvidence } from '../cloud-evidence.ts'
import { gatherGcp } from './gather.ts'
import { gcpPlan } from './reads.ts'

/** Reading with gcloud: Cloud Storage and IAM. */
export const gcpEvidence: CloudEvidence = {
  cloud: 'gcp',
  client: 'gcloud',
  product: 'Google Cloud CLI',
  environment: { CLOUDSDK_CORE_DISABLE_PROMPTS: '1', CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1' },
  plan: gcpPlan,
  gather: gatherGcp,
}
