import type { PolicyDocument } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { TOLD_ALIKE } from '../denials-aws-groups.ts'
import { HOLDER, ROLE_ARN } from '../denials-aws-names.ts'
import { type AwsWorld, sessionOf } from '../denials-aws.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from '../installation.ts'

type Scenario = DenialScenario<AwsWorld>

const MINUTE_MS = 60_000
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`

const withNewKey = (world: AwsWorld) => world.use(world.aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER))
const withNewSession = (world: AwsWorld) => world.use(sessionOf(world.aws, ANYTHING), ANYTHING)

/** Narrows a session to nothing less than its role. */
export const ANYTHING: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** What can be wrong with the key of a user. */
export const KEYS: readonly Scenario[] = [
  {
    name: 'deleted',
    cause: 'aws.cred.invalid',
    inside: 'strong',
    break: async (world) => {
      const key = world.aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER)
      await world.use(key)
      world.aws.deleteAccessKey(key.accessKeyId)
    },
    repair: withNewKey,
  },
  {
    name: 'with the secret of another',
    cause: 'aws.cred.invalid',
    inside: 'strong',
    break: (world) => {
      const [one, other] = [world.aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER), world.aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER)]
      return world.use({ ...one, secretAccessKey: other.secretAccessKey })
    },
    repair: withNewKey,
  },
]

/** What can be wrong with a session whose key somebody pasted. */
export const SESSIONS: readonly Scenario[] = [
  {
    name: 'over',
    cause: 'aws.cred.expired',
    inside: 'strong',
    break: ({ installation }) => installation.clock.advance(61 * MINUTE_MS),
    repair: withNewSession,
  },
  {
    name: 'whose token was cut off',
    cause: 'aws.cred.invalid',
    group: ['aws.cred.invalid', 'aws.sts.region'],
    inside: 'group',
    break: (world) => {
      const { sessionToken = '', ...key } = sessionOf(world.aws, ANYTHING)
      return world.use({ ...key, sessionToken: sessionToken.slice(0, 40) }, ANYTHING)
    },
    repair: withNewSession,
  },
  {
    name: 'that an admin revoked',
    cause: 'aws.id.revoked_session',
    group: TOLD_ALIKE.identityDeny,
    inside: 'strong',
    break: ({ aws, installation }) => aws.putRolePolicy(ROLE_ARN, 'AWSRevokeOlderSessions', revoking(installation.clock.now())),
    repair: withNewSession,
  },
  {
    name: 'narrowed to listing',
    cause: 'aws.session_policy',
    break: (world) => narrowed(world, { Action: 's3:ListBucket', Resource: BUCKET_ARN }),
  },
  {
    name: 'narrowed to another folder',
    cause: 'aws.session_policy',
    break: (world) => narrowed(world, { Action: 's3:*', Resource: [BUCKET_ARN, `${BUCKET_ARN}/other/*`] }),
  },
]

/** As the console does: everything issued before this moment is denied everything. */
export function revoking(now: number): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { DateLessThan: { 'aws:TokenIssueTime': new Date(now).toISOString() } },
      },
    ],
  }
}

function narrowed(world: AwsWorld, parts: PolicyDocument): Promise<void> {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...parts }] }
  return world.use(sessionOf(world.aws, policy), policy)
}

const skewed = (name: string, ms: number): Scenario => ({
  name,
  cause: 'aws.clock.skew',
  group: ['aws.clock.skew', 'aws.cred.invalid'],
  inside: 'strong',
  break: (world) => world.skewBy(ms),
  repair: (world) => world.skewBy(0),
})

/** A clock that is off, in both directions. */
export const CLOCKS = [skewed('behind', 20 * MINUTE_MS), skewed('ahead', -20 * MINUTE_MS)]
