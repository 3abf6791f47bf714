import type { DiagnosisCase } from '../case.ts'
import type { CloudDiagnosis } from '../cloud-diagnosis.ts'
import { absorbAliyun } from './absorb.ts'
import { CREDENTIAL_CAUSES } from './causes/credential.ts'
import { PLACE_CAUSES } from './causes/place.ts'
import { POLICY_CAUSES } from './causes/policy.ts'
import { TRUST_CAUSES } from './causes/trust.ts'
import { aliyunClue } from './clue.ts'
import { aliyunCapability, isHarmlessOnAliyun } from './operations.ts'
import { predictAliyun } from './predict.ts'
import { ALIYUN_PROBES } from './probes.ts'

/** Alibaba Cloud OSS, and RAM and STS in front of it. */
export const aliyunDiagnosis: CloudDiagnosis = {
  cloud: 'aliyun',
  causes: [...CREDENTIAL_CAUSES, ...TRUST_CAUSES, ...PLACE_CAUSES, ...POLICY_CAUSES],
  absorb: absorbAliyun,
  clueOf: aliyunClue,
  capabilityOf: aliyunCapability,
  isHarmless: isHarmlessOnAliyun,
  predict: predictAliyun,
  probes: ALIYUN_PROBES,
  recognises,
}

const SIGNS =
  /aliyun|alibaba|\bacs:(ram|oss|sts|kms)|\boss:\/\/|\boss2\b|\boss:(Get|Put|List|Delete)|AccessDeniedDetail|EncodedDiagnosticMessage|\b00\d\d-000\d{5}\b|EntityNotExist\.Role|AuthenticationFail\.|authorizer['’]?s policy|forbidden by kms|because of bucket acl|bucket you (access|visit) (does|is) not belong to you|denied by bucket (referer )?policy|SecurityTokenExpired|OSS Access Key Id|authorized by RAM|AbnormalBucketOwnerStatus|UserDisable/i

function recognises({ connection, observations, documents }: DiagnosisCase): boolean {
  return (
    /^oss:\/\/|aliyuncs\.com/i.test(connection.location ?? '') ||
    (connection.roleArn ?? connection.principal ?? '').startsWith('acs:') ||
    documents.ramPolicies !== undefined ||
    observations.some(
      ({ message = '', target = '', headers }) =>
        SIGNS.test(`${message.slice(0, 20_000)} ${target}`) || 'x-oss-request-id' in headers || 'x-oss-ec' in headers,
    )
  )
}
