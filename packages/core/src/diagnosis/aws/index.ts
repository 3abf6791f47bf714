import type { CloudDiagnosis } from '../cloud-diagnosis.ts'
import { CREDENTIAL_CAUSES } from './causes/credential.ts'
import { awsClue } from './clue.ts'
import { awsCapability } from './operations.ts'

/** Amazon S3, STS and KMS, and what speaks their protocol. */
export const awsDiagnosis: CloudDiagnosis = {
  cloud: 'aws',
  causes: [...CREDENTIAL_CAUSES],
  clueOf: awsClue,
  capabilityOf: awsCapability,
  isHarmless: () => false,
  predict: () => [],
  recognises: ({ connection, observations }) =>
    `${connection.roleArn ?? ''}${connection.principal ?? ''}`.startsWith('arn:aws') ||
    (connection.location ?? '').startsWith('s3://') ||
    observations.some(({ message = '', headers }) => /amazonaws\.com|arn:aws|\bs3:[A-Z]/.test(message) || 'x-amz-request-id' in headers),
}
