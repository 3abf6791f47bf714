import { evaluate } from '../../policy/evaluate.ts'
import { isAccessError } from '../../error.ts'
import type { AccessQuestion, Decision, PolicyDocument } from '../../policy/types.ts'
import type { JsonObject } from '../../json.ts'
import type { Explanation } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { crossAccount } from './bucket-owner.ts'
import { isBare, isForData, valuesOfFailure } from './evidence.ts'
import { at, judge, type Judged } from './judge.ts'
import { patched } from '../patched.ts'
import { adding } from '../statement-patch.ts'
import { callerOf } from './subject.ts'

/** What a bucket policy that was shown lacks for a caller of another account. */
export type ResourceGap = 'aws.rp.absent' | 'aws.rp.condition_never' | 'aws.bpa'

/** Stands for the account of a bucket that is not the caller's, where nobody said which. */
const SOMEBODY = '000000000000'

/** What the bucket policy lacks, where it was shown and the bucket is, or can be, of another account. */
export function resourceGap(failure: Failure, facts: Facts): { readonly gap: ResourceGap; readonly explanation: Explanation } | undefined {
  const { bucketPolicy } = facts.documents
  if (bucketPolicy === undefined || !isForData(failure) || !isBare(failure.clue) || crossAccount(facts) === 'no') return undefined
  // What the documents deny in the caller's own account is somebody else's to explain.
  const judged = judge(failure, facts)
  if (judged === undefined || judged.some(({ decision }) => !decision.allowed)) return undefined
  const denied = judged.filter(({ need }) => need.service === 's3').find((one) => !decideAbroad(one, facts.documents)?.allowed)
  const decision = denied && decideAbroad(denied, facts.documents)
  if (denied === undefined || decision === undefined) return undefined
  const never = decision.explanation?.some(
    ({ layer, effect, mismatches }) =>
      layer === 'resource' && effect === 'Allow' && mismatches.length > 0 && mismatches.every(({ part }) => part === 'condition'),
  )
  const gap: ResourceGap =
    decision.layer === 'public-access-block' ? 'aws.bpa' : never === true ? 'aws.rp.condition_never' : 'aws.rp.absent'
  const statement = grantFor(denied, facts, failure)
  const steps = statement === undefined ? undefined : adding(bucketPolicy, statement)
  const proved =
    steps !== undefined &&
    gap !== 'aws.bpa' &&
    decideAbroad(denied, { ...facts.documents, bucketPolicy: patched(bucketPolicy, steps) })?.allowed === true
  return {
    gap,
    explanation: {
      fits: proved && crossAccount(facts) === 'yes' ? 'proved' : 'possible',
      for: [
        `${at.bucketPolicy} allows ${denied.need.action} on ${denied.need.resource} to nobody that we are, if the bucket is another account’s.`,
      ],
      values: valuesOfFailure(failure, facts),
      ...(proved && steps !== undefined ? { patch: { document: at.bucketPolicy, steps } } : {}),
      ...(statement === undefined ? {} : { snippet: JSON.stringify(statement, undefined, 2) }),
    },
  }
}

/** The same question as if the bucket were another account's. */
function decideAbroad({ question }: Judged, { bucketPolicy, publicAccessBlock }: CaseDocuments): Decision | undefined {
  const resource: PolicyDocument | undefined = bucketPolicy
  const abroad: AccessQuestion = {
    ...question,
    resourceAccount: SOMEBODY,
    policies: {
      ...question.policies,
      ...(resource === undefined ? {} : { resource: { name: at.bucketPolicy, document: resource } }),
      ...(publicAccessBlock?.['RestrictPublicBuckets'] === true ? { restrictPublicBuckets: true } : {}),
    },
  }
  try {
    return evaluate(abroad, { explain: true })
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}

function grantFor({ need }: Judged, facts: Facts, { clue }: Failure): JsonObject | undefined {
  const caller = callerOf(facts, clue)
  const arn = caller?.kind === 'role-session' ? caller.roleArn : caller?.kind === 'user' ? caller.arn : undefined
  return arn === undefined ? undefined : { Effect: 'Allow', Principal: { AWS: arn }, Action: need.action, Resource: need.resource }
}
