import type { CloudEvidence } from '../cloud-evidence.ts'
import { gatherAws } from './gather.ts'
import { awsPlan } from './reads.ts'

/** Reading with the AWS CLI: IAM, S3 and KMS. */
export const awsEvidence: CloudEvidence = {
  cloud: 'aws',
  client: 'aws',
  product: 'AWS CLI',
  environment: { AWS_PAGER: '', AWS_CLI_AUTO_PROMPT: 'off' },
  plan: awsPlan,
  gather: gatherAws,
}
