import { CAUSES } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import * as bucket from './support/aws-denials/bucket.ts'
import { DIRECTORIES, LOCKS, MULTIPART, POINTS, THIRD_POINTS } from './support/aws-denials/by-hand.ts'
import { KEYS, SESSIONS, CLOCKS } from './support/aws-denials/credentials.ts'
import { MANAGED, OWN_KEY, WITH_KEY } from './support/aws-denials/keys.ts'
import { ENDPOINT, FOREIGN, PLACES, STATES, WITH_ACL } from './support/aws-denials/objects.ts'
import { BOUNDARIES, DENIES, GRANTS, GUARD_RAILS } from './support/aws-denials/policies.ts'
import { ROLE, TOKENS } from './support/aws-denials/trust.ts'
import { THIRD_ACCOUNT } from './support/denials-aws-names.ts'
import { type AwsWorld, type AwsWorldOptions, startAwsWorld } from './support/denials-aws.ts'
import { type DenialScenario, named } from './support/denials.ts'
import { BUCKET } from './support/installation.ts'

const OF_CONNECTIONS = [
  [bucket.ABROAD, bucket.DENIES, [bucket.OLD_TLS, bucket.PLAIN_HTTP]],
  [BOUNDARIES, DENIES, GRANTS, GUARD_RAILS],
  [CLOCKS, KEYS, SESSIONS],
  [ROLE, TOKENS],
  [MANAGED, OWN_KEY, ENDPOINT, FOREIGN, PLACES, STATES, WITH_ACL],
].flat()

/** What no connection of ours can meet, and why: it is provoked by the requests of others. */
const BY_HAND = {
  'aws.accesspoint': 'A location names a bucket: access points are refused, by ARN, by host and by alias.',
  'aws.directory': 'A location names a general purpose bucket: directory buckets are refused.',
  'aws.object_lock': 'Connections delete keys, which Object Lock lets them, and no versions.',
} as const

/** What refuses nothing by the end of a diagnosis, and has tests of its own. */
const PASSING = {
  'aws.sts.no_external_id': 'It lets in whom it should not: denials-aws-trust.test.ts.',
  'aws.propagation': 'It is over once it is told: denials-aws-passing.test.ts.',
} as const

it('every cause of AWS is provoked', () => {
  const provoked = new Set(OF_CONNECTIONS.flat().map(({ cause }) => cause))
  const byHand = new Set([DIRECTORIES, LOCKS, MULTIPART, POINTS, THIRD_POINTS].flat().map(({ cause }) => cause))
  const left = CAUSES.filter(({ cloud, code }) => cloud === 'aws' && !provoked.has(code)).map(({ code }) => code)
  expect(left.toSorted()).toEqual([...Object.keys(BY_HAND), ...Object.keys(PASSING)].toSorted())
  expect(Object.keys(BY_HAND).filter((code) => !byHand.has(code))).toEqual([])
})

interface Working {
  readonly what: string
  readonly options?: AwsWorldOptions
  readonly arrange?: DenialScenario<AwsWorld>['arrange']
}

const asIn = (scenarios: readonly DenialScenario<AwsWorld>[], name: string): Pick<Working, 'arrange'> => {
  const { arrange } = named(scenarios, name)
  return arrange === undefined ? {} : { arrange }
}

const WORKING: readonly Working[] = [
  { what: 'by role' },
  { what: 'by access key', options: { method: 'keys' } },
  { what: 'by OpenID Connect', options: { method: 'oidc' } },
  { what: 'to a bucket of another account', options: { bucketAccount: THIRD_ACCOUNT } },
  { what: 'to a bucket with a key', options: WITH_KEY, ...asIn(OWN_KEY, 'the key is disabled') },
  { what: 'to a bucket whose key has a grant', options: WITH_KEY, ...asIn(OWN_KEY, 'a grant was taken back') },
  { what: 'to a bucket with versions', arrange: ({ aws }) => aws.configureBucket(BUCKET, { objectLock: {} }) },
  { what: 'to a bucket with ACLs', ...asIn(STATES, 'another account wrote the object') },
  { what: 'through an endpoint', ...asIn(ENDPOINT, 'our endpoint’s policy allows listing alone') },
]

describe('a connection that works is left alone with all its documents', () => {
  it.each(WORKING)('$what', async ({ options, arrange }) => {
    const world = await startAwsWorld(options)
    try {
      await arrange?.(world)
      expect(await world.diagnose({ documents: world.documents() })).toMatchObject({ verdict: 'ok', findings: [], security: [] })
    } finally {
      await world.close()
    }
  })
})
