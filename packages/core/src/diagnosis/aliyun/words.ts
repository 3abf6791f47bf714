import type { Failure } from '../failure.ts'
import { speechOf } from '../speech.ts'
import { ELSEWHERE, ONLY_RAM } from './clue.ts'
import { operationName } from './operations.ts'

/** Words and codes by which OSS and STS tell causes apart. */
export const WORDS = {
  session: /authorizer['’]?s policy/i,
  vpc: /VPC ?endpoint policy|denied by vpc/i,
  kms: /forbidden by kms|KmsServiceNotEnabled|(Kms)?UbsmsInvalidBid|does not have KMS Service|\bkms:(Decrypt|GenerateDataKey)/i,
  publicBlock: /Put public (bucket|object)|Block ?Public ?Access|public access is (blocked|forbidden)/i,
  anonymous: /Anonymous (access|user)/i,
  urlExpired: /Request has expired|Policy expired/i,
  referer: /bucket referer policy/i,
  elsewhere: ELSEWHERE,
  bucketPolicy: /denied by bucket policy/i,
  foreign: /(bucket you (access|visit)|bucket) (does|is) not belong to you|BucketNotBelongTo/i,
  noRight: /have no right to access|not have (read|write|read acl|write acl) permission on this object|forbidden to list buckets/i,
  account:
    /\b(UserDisable|AbnormalBucketOwnerStatus|InDebt|InDebtOverdue|KmsInDebt|KmsInDebtOverdue|BucketDisable)\b|indebted|overdue payment|arrears/i,
} as const

const NO_POLICY = [WORDS.publicBlock, WORDS.urlExpired, WORDS.referer, WORDS.elsewhere, WORDS.account]

/** Whether a request to OSS was refused by some policy, ACL or key, and not by its signature, its place or its account. */
export function isDataDenial(failure: Failure): boolean {
  const { observation, clue, capability } = failure
  if (capability === 'assume' || /^(assumerole|getcalleridentity)/.test(operationName(observation, clue))) return false
  if (observation.index < 0) return true
  if (operationName(observation, clue) === '' && ONLY_RAM.test(observation.message ?? '')) return false
  if (
    clue.code !== undefined &&
    !/^(AccessDenied|Forbidden|AccessForbidden|BucketNotBelongTo|Kms\w+|UbsmsInvalidBid|403|NoPermission|network\.\w+)$/.test(clue.code)
  )
    return false
  const speech = speechOf(failure)
  if (NO_POLICY.some((words) => words.test(speech))) return false
  if (clue.action?.startsWith('sts:') === true || clue.layer === 'trust') return false
  return (
    clue.status === 403 ||
    clue.code === 'AccessDenied' ||
    clue.layer !== undefined ||
    [WORDS.session, WORDS.vpc, WORDS.kms, WORDS.anonymous, WORDS.bucketPolicy, WORDS.foreign, WORDS.noRight].some((words) =>
      words.test(speech),
    )
  )
}
