import { CAUSES } from '@sluice/core'
import { expect, it } from 'vitest'
import * as bucket from './support/aws-denials/bucket.ts'
import { DIRECTORIES, LOCKS, MULTIPART, POINTS, THIRD_POINTS } from './support/aws-denials/by-hand.ts'
import { KEYS, SESSIONS, CLOCKS } from './support/aws-denials/credentials.ts'
import { MANAGED, OWN_KEY } from './support/aws-denials/keys.ts'
import { ENDPOINT, FOREIGN, PLACES, STATES, WITH_ACL } from './support/aws-denials/objects.ts'
import { BOUNDARIES, DENIES, GRANTS, GUARD_RAILS } from './support/aws-denials/policies.ts'
import { ROLE, TOKENS } from './support/aws-denials/trust.ts'

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
