import type { XmlNode } from '../../http/xml.ts'
import { AwsError } from '../error.ts'
import { invalidMember } from '../query/parameters.ts'
import type { QueryCall } from '../query/service.ts'
import { issueSession } from './sessions.ts'
import { isoSeconds } from '../../state/iso-seconds.ts'

/** Tells who signed; it needs no permission. */
export function getCallerIdentity({ caller }: QueryCall): readonly XmlNode[] {
  return [
    ['Arn', caller.arn],
    ['UserId', caller.userId],
    ['Account', caller.accountId ?? ''],
  ]
}

/** Temporary credentials of a user, with all the user may do. */
export function getSessionToken({ caller, parameters, state }: QueryCall): readonly XmlNode[] {
  const holder = caller.credential?.holder
  if (holder?.kind === 'session') throw new AwsError(403, 'AccessDenied', 'Cannot call GetSessionToken with session credentials')
  if (holder?.kind !== 'user')
    throw new AwsError(501, 'NotImplemented', 'The lab does not implement sts:GetSessionToken for the root user.')
  const seconds = parameters.integer('DurationSeconds') ?? 43_200
  if (seconds < 900) throw invalidMember('DurationSeconds', String(seconds), 'Member must have value greater than or equal to 900')
  if (seconds > 129_600) throw invalidMember('DurationSeconds', String(seconds), 'Member must have value less than or equal to 129600')
  const session = issueSession(state, { accountId: caller.accountId ?? '', seconds, identity: { kind: 'user', userName: holder.userName } })
  return [
    [
      'Credentials',
      [
        ['AccessKeyId', session.accessKeyId],
        ['SecretAccessKey', session.secret],
        ['SessionToken', session.token],
        ['Expiration', isoSeconds(session.expiresAt)],
      ],
    ],
  ]
}
