import { EVERYTHING, type Question, type Statement } from './question.ts'

/**
 * What the gateway makes of a caller from another account. It takes the resources of a policy for those of the policy's own tenant, so that
 * the identity policies there neither grant nor deny; for the same reason a NotResource of theirs excepts nothing, and both grants and denies.
 */
export function bucketPolicyAlone(question: Question): Question {
  if (question.caller !== 'carol') return question
  const unlimited = (question.identity ?? []).filter(({ NotResource }) => NotResource !== undefined).map(everywhere)
  const grants = unlimited.filter(({ Effect }) => Effect === 'Allow').map((statement): Statement => ({ ...statement, Principal: '*' }))
  const denies = unlimited.filter(({ Effect }) => Effect === 'Deny')
  return { ...question, identity: [...EVERYTHING, ...denies], bucket: [...(question.bucket ?? []), ...grants] }
}

function everywhere({ NotResource: _except, ...statement }: Statement): Statement {
  return { ...statement, Resource: ['*'] }
}
