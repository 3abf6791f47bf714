import { sessionArn } from '@sluice/core'
import { OTHER, OWNER, type Question, type Statement } from './question.ts'

/** How a name in a policy names the caller here: as everyone, by account, as a role, or as the user or session itself. */
type NamedBy = 'everyone' | 'account' | 'role' | 'self'

/** Accounts in bucket policies as if each listed its users; sessions of roles are none of them. */
export function accountAsItsUsers(question: Question): Question {
  const { principal } = question
  if (principal.kind !== 'user' && principal.kind !== 'role-session') return question
  const own = principal.kind === 'user' ? principal.arn : undefined
  const known = (name: string): readonly string[] => (namedBy(name, question) !== 'account' ? [name] : own === undefined ? [] : [own])
  return bucketStatements(question, (statement) => {
    if (statement.NotPrincipal !== undefined) return [statement]
    if (statement.Principal === undefined || statement.Principal === '*') return [statement]
    const names = statement.Principal.AWS.flatMap(known)
    return names.length === 0 ? [] : [{ ...statement, Principal: { AWS: names } }]
  })
}

/** NotPrincipal as if each name excepted by itself. */
export function anyExceptionExcepts(question: Question): Question {
  return bucketStatements(question, ({ NotPrincipal, ...statement }) => {
    if (NotPrincipal === undefined) return [statement]
    const excepted = NotPrincipal.AWS.some((name) => {
      const by = namedBy(name, question)
      return by !== undefined && !(by === 'account' && question.principal.kind === 'role-session')
    })
    return excepted ? [] : [{ ...statement, Principal: '*' }]
  })
}

/**
 * With a session policy, the gateway keeps of the bucket policy's answer how the statement it looked at last names the caller:
 * as the session itself, then the session policy does not limit it; as a role or everyone, then it does; not at all, then nothing is granted.
 */
export function principalOfTheLastStatement(question: Question): Question {
  const { principal, session, bucket } = question
  if (principal.kind !== 'role-session' || session === undefined || bucket === undefined) return question
  const [last] = bucket.slice(-1)
  const by = last?.Principal === undefined ? undefined : strongest(last.Principal, question)
  const name = by === 'self' ? sessionArn(principal.roleArn, principal.sessionName) : by === undefined ? undefined : principal.roleArn
  return bucketStatements(question, (statement) => {
    if (statement.Effect === 'Deny' || statement.Principal === undefined || strongest(statement.Principal, question) === undefined)
      return [statement]
    return name === undefined ? [] : [{ ...statement, Principal: { AWS: [name] } }]
  })
}

function strongest(principal: NonNullable<Statement['Principal']>, question: Question): NamedBy | undefined {
  const names = principal === '*' ? ['*'] : principal.AWS
  // An account names no session to the gateway.
  const found = names.map((name) => namedBy(name, question)).filter((by) => by !== undefined && by !== 'account')
  return found.includes('self') ? 'self' : found[0]
}

function namedBy(name: string, { principal }: Question): NamedBy | undefined {
  if (name === '*') return 'everyone'
  if (principal.kind === 'user') return name === principal.arn ? 'self' : isAccountOf(name, principal.arn) ? 'account' : undefined
  if (principal.kind !== 'role-session') return undefined
  if (name === sessionArn(principal.roleArn, principal.sessionName)) return 'self'
  if (name === principal.roleArn) return 'role'
  return isAccountOf(name, principal.roleArn) ? 'account' : undefined
}

function isAccountOf(name: string, arn: string): boolean {
  const account = arn.includes(`::${OWNER}:`) ? OWNER : OTHER
  return name === account || name === `arn:aws:iam::${account}:root`
}

function bucketStatements(question: Question, rewrite: (statement: Statement) => readonly Statement[]): Question {
  return question.bucket === undefined ? question : { ...question, bucket: question.bucket.flatMap(rewrite) }
}
