import { CAUSES } from '@sluice/core'
import { expect, it } from 'vitest'
import { DIRECTORIES, LOCKS, MULTIPART, POINTS, THIRD_POINTS } from './support/aws-denials/by-hand.ts'
import { MANAGED, OWN_KEY } from './support/aws-denials/keys.ts'
import { ENDPOINT, FOREIGN, PLACES, STATES, WITH_ACL } from './support/aws-denials/objects.ts'

const OF_CONNECTIONS = [MANAGED, OWN_KEY, ENDPOINT, FOREIGN, PLACES, STATES, WITH_ACL]

/** What no connection of ours can meet, and why: it is provoked by the requests of others. */
const BY_HAND = {
  'aws.accesspoint': 'A location names a bucket: access points are refused, by ARN, by host and by alias.',
  'aws.directory': 'A location names a general purpose bucket: directory buckets are refused.',
  'aws.object_lock': 'Connections delete keys, which Object Lock lets them, and no versions.',
} as const

const KINDS = /^aws\.(kms\.|own\.|vpce$|region$|bucket_|requester_pays$|archived$|ssec$|object_lock$|directory$|accesspoint$|account$)/

it('every cause of keys, objects, ways and places of AWS is provoked', () => {
  const provoked = new Set(OF_CONNECTIONS.flat().map(({ cause }) => cause))
  const byHand = new Set([DIRECTORIES, LOCKS, MULTIPART, POINTS, THIRD_POINTS].flat().map(({ cause }) => cause))
  const left = CAUSES.map(({ code }) => code).filter((code) => KINDS.test(code) && !provoked.has(code))
  expect(left.toSorted()).toEqual(Object.keys(BY_HAND).toSorted())
  expect(left.filter((code) => !byHand.has(code))).toEqual([])
})
