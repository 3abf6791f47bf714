import { EVERYTHING, type Question, type Statement, isAllowed } from './question.ts'

/** Of the abortion of an upload, the session policy as if it were asked for the upload. */
export function abortAsUpload(question: Question): Question {
  const { action, session } = question
  if (action !== 's3:AbortMultipartUpload' || session === undefined) return question
  const asUpload = ({ Action, NotAction, ...statement }: Statement): Statement =>
    Action === undefined
      ? { ...statement, ...(NotAction === undefined ? {} : { NotAction }) }
      : { ...statement, Action: covers(Action, 's3:PutObject', question) ? ['*'] : ['s3:GetBucketWebsite'] }
  return { ...question, session: session.map(asUpload) }
}

function covers(patterns: readonly string[], action: string, question: Question): boolean {
  const grant: Statement = { Effect: 'Allow', Action: patterns, Resource: ['*'] }
  const { bucket: _bucket, ...others } = question
  return isAllowed({ ...others, action, identity: EVERYTHING, session: [grant] })
}
