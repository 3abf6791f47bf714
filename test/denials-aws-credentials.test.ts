import type { PolicyDocument } from '@sluice/core'
import { type DenialScenario, testDenials } from './support/denials.ts'
import { TOLD_ALIKE } from './support/denials-aws-groups.ts'
import { HOLDER, ROLE_ARN } from './support/denials-aws-names.ts'
import { type AwsWorld, sessionOf, startAwsWorld } from './support/denials-aws.ts'
import { BUCKET, CUSTOMER_ACCOUNT } from './support/installation.ts'

type Scenario = DenialScenario<AwsWorld>

const MINUTE_MS = 60_000
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`

const withNewKey = (world: AwsWorld) => world.use(world.aws.createAccessKey(CUSTOMER_ACCOUNT, HOLDER))
const withNewSession = (world: AwsWorld) => world.use(sessionOf(world.aws, ANYTHING), ANYTHING)

const ANYTHING: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

const KEYS: readonly Scenario[] = [
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

testDenials('an access key of AWS', () => startAwsWorld({ method: 'keys' }), KEYS)

const SESSIONS: readonly Scenario[] = [
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
function revoking(now: number): PolicyDocument {
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

testDenials('a session of AWS that somebody pasted', () => startAwsWorld({ method: 'keys', session: ANYTHING }), SESSIONS)

const skewed = (name: string, ms: number): Scenario => ({
  name,
  cause: 'aws.clock.skew',
  group: ['aws.clock.skew', 'aws.cred.invalid'],
  inside: 'strong',
  break: (world) => world.skewBy(ms),
  repair: (world) => world.skewBy(0),
})

const CLOCKS = [skewed('behind', 20 * MINUTE_MS), skewed('ahead', -20 * MINUTE_MS)]

testDenials('a clock of ours, before STS', () => startAwsWorld(), CLOCKS)
testDenials('a clock of ours, before S3', () => startAwsWorld({ method: 'keys' }), CLOCKS)
