import { type DenialScenario, testDenials } from './support/denials.ts'
import { TOLD_ALIKE } from './support/denials-aws-groups.ts'
import { type AwsWorld, startAwsWorld } from './support/denials-aws.ts'
import { replacing } from './support/policy-edits.ts'
import { BUCKET } from './support/installation.ts'

const ROLE_POLICY = 'documents.rolePolicies[0]'

const SCENARIOS: readonly DenialScenario<AwsWorld>[] = [
  {
    name: 'the folder without /*',
    cause: 'aws.id.object_arn',
    group: TOLD_ALIKE.objectGrant,
    break: (world) => world.change(ROLE_POLICY, replacing(`${BUCKET}/data/*`, `${BUCKET}/data`)),
  },
  {
    name: 'no ListBucket',
    cause: 'aws.id.list_missing',
    group: TOLD_ALIKE.listGrant,
    break: (world) => world.change(ROLE_POLICY, replacing('"s3:ListBucket"', '"s3:GetBucketLocation"')),
  },
  {
    name: 'another external id',
    cause: 'aws.sts.external_id',
    group: TOLD_ALIKE.trust,
    break: (world) => world.change('documents.trustPolicy', replacing(/sluice-[0-9a-f]{32}/, 'an-id-of-somebody-else')),
  },
]

testDenials('a policy of AWS that does not let us in', () => startAwsWorld(), SCENARIOS)
