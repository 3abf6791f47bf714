import type { CloudDiagnosis } from '../cloud-diagnosis.ts'
import { absorbAws } from './absorb.ts'
import { BUCKET_POLICY_CAUSES } from './causes/bucket-policy.ts'
import { CREDENTIAL_CAUSES } from './causes/credential.ts'
import { IDENTITY_CAUSES } from './causes/identity.ts'
import { KEY_CAUSES } from './causes/key.ts'
import { LIMIT_CAUSES } from './causes/limits.ts'
import { OBJECT_CAUSES } from './causes/object.ts'
import { OWNERSHIP_CAUSES } from './causes/ownership.ts'
import { RESOURCE_GRANT_CAUSES } from './causes/resource-grant.ts'
import { SESSION_CAUSES } from './causes/session.ts'
import { PASSING_CAUSES } from './causes/passing.ts'
import { PLACE_CAUSES } from './causes/place.ts'
import { TRUST_CAUSES } from './causes/trust.ts'
import { WEB_IDENTITY_CAUSES } from './causes/web-identity.ts'
import { awsClue } from './clue.ts'
import { isHarmlessOnAws } from './harmless.ts'
import { awsCapability } from './operations.ts'
import { AWS_PROBES } from './probes.ts'
import { predictAws, undecidedAws } from './predict.ts'

/** Amazon S3, STS and KMS, and what speaks their protocol. */
export const awsDiagnosis: CloudDiagnosis = {
  cloud: 'aws',
  causes: [
    ...CREDENTIAL_CAUSES,
    ...TRUST_CAUSES,
    ...SESSION_CAUSES,
    ...WEB_IDENTITY_CAUSES,
    ...PLACE_CAUSES,
    ...IDENTITY_CAUSES,
    ...KEY_CAUSES,
    ...OWNERSHIP_CAUSES,
    ...BUCKET_POLICY_CAUSES,
    ...RESOURCE_GRANT_CAUSES,
    ...LIMIT_CAUSES,
    ...OBJECT_CAUSES,
    ...PASSING_CAUSES,
  ],
  absorb: absorbAws,
  clueOf: awsClue,
  capabilityOf: awsCapability,
  isHarmless: isHarmlessOnAws,
  predict: predictAws,
  probes: AWS_PROBES,
  leavesOpen: undecidedAws,
  recognises: ({ connection, observations }) =>
    `${connection.roleArn ?? ''}${connection.principal ?? ''}`.startsWith('arn:aws') ||
    (connection.location ?? '').startsWith('s3://') ||
    observations.some(({ message = '', headers }) => /amazonaws\.com|arn:aws|\bs3:[A-Z]/.test(message) || 'x-amz-request-id' in headers),
}
