import { CAUSES } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { testDenialPairs, type DenialPair } from './support/denials.ts'
import { BUCKET, type GcpWorld, type GcpWorldOptions, startGcpWorld } from './support/denials-gcp.ts'
import { BILLED_DENIALS, BUCKET_DENIALS, PROGRAM_DENIALS } from './support/gcp-denials/bucket.ts'
import { ORGANIZATION_DENIALS, OWN_SERVICE_DENIALS, SERVICE_DENIALS, UPPER_POLICY_DENIALS } from './support/gcp-denials/organization.ts'
import {
  ACCOUNT_PERMISSION_DENIALS,
  CONDITION_DENIALS,
  PERMISSION_DENIALS,
  PROGRAM_PERMISSION_DENIALS,
} from './support/gcp-denials/permissions.ts'
import { ACTING_DENIALS, FEDERATION_DENIALS, KEY_DENIALS, OWN_ACCOUNT_DENIALS, TOKEN_DENIALS } from './support/gcp-denials/trust.ts'

const worldOf = (options: GcpWorldOptions) => () => startGcpWorld(options)

const FEDERATION_PAIRS: readonly DenialPair<GcpWorld>[] = [
  [FEDERATION_DENIALS.poolOff, PERMISSION_DENIALS.noGrant],
  [FEDERATION_DENIALS.subject, CONDITION_DENIALS.expired],
  [FEDERATION_DENIALS.audience, BUCKET_DENIALS.missing],
  [ORGANIZATION_DENIALS.perimeter, PERMISSION_DENIALS.noList],
  [BUCKET_DENIALS.filter, CONDITION_DENIALS.otherFolder],
  [ORGANIZATION_DENIALS.billingClosed, BUCKET_DENIALS.keyOff],
  [BUCKET_DENIALS.agent, PERMISSION_DENIALS.noWrite],
  [CONDITION_DENIALS.expired, UPPER_POLICY_DENIALS.denyRead],
  [UPPER_POLICY_DENIALS.denyRead, BUCKET_DENIALS.retention],
  [PERMISSION_DENIALS.noBindings, UPPER_POLICY_DENIALS.denyObjects],
  [BUCKET_DENIALS.pays, ORGANIZATION_DENIALS.service],
  [ORGANIZATION_DENIALS.service, ORGANIZATION_DENIALS.billingAbsent],
]
testDenialPairs('two faults of a federation with Google', worldOf({ method: 'federation' }), FEDERATION_PAIRS)

testDenialPairs('two faults of an account that a federated principal acts as', worldOf({ method: 'federation', impersonates: true }), [
  [FEDERATION_DENIALS.providerOff, ACTING_DENIALS.noBinding],
  [SERVICE_DENIALS.ofCustomer, ACTING_DENIALS.noBinding],
  [ACTING_DENIALS.disabled, ACCOUNT_PERMISSION_DENIALS.remade],
])

testDenialPairs('two faults of a key of Google', worldOf({ method: 'service-account-key' }), [
  [KEY_DENIALS.deleted, PERMISSION_DENIALS.noGrant],
  [KEY_DENIALS.disabledAccount, CONDITION_DENIALS.otherFolder],
  [KEY_DENIALS.clockAhead, BUCKET_DENIALS.missing],
])

/** What works and should not: told as a matter of security, with nothing amiss otherwise. */
describe('a connection to Google that works too well', () => {
  it.each<readonly [cause: string, GcpWorldOptions, open: (world: GcpWorld) => void]>([
    [
      'gcs.public',
      { method: 'federation' },
      ({ gcp }) => gcp.addBinding({ on: { bucket: BUCKET }, role: 'roles/storage.objectViewer', member: 'allUsers' }),
    ],
    [
      'gcs.federation.open',
      { method: 'federation' },
      (world) =>
        world.rebind((bindings) => [
          ...bindings,
          { role: 'roles/storage.objectViewer', members: [`principalSet://iam.googleapis.com/${world.federation?.pool}/*`] },
        ]),
    ],
    ['gcs.shared_identity', { method: 'grant' }, () => undefined],
  ])('is told %s', async (cause, options, open) => {
    const world = await startGcpWorld(options)
    try {
      open(world)
      const report = await world.diagnose({ documents: world.documents() })
      expect(report).toMatchObject({ verdict: 'ok', findings: [] })
      expect(report.security.map((finding) => finding.cause)).toEqual([cause])
    } finally {
      await world.close()
    }
  })

  it('is told nothing where it is as its setup made it', async () => {
    const world = await startGcpWorld({ method: 'federation' })
    try {
      expect((await world.diagnose({ documents: world.documents() })).security).toEqual([])
    } finally {
      await world.close()
    }
  })
})

const NOTICED: readonly string[] = ['gcs.public', 'gcs.federation.open', 'gcs.shared_identity']

const TRIED: readonly string[] = [
  ACCOUNT_PERMISSION_DENIALS,
  ACTING_DENIALS,
  BILLED_DENIALS,
  BUCKET_DENIALS,
  CONDITION_DENIALS,
  FEDERATION_DENIALS,
  KEY_DENIALS,
  ORGANIZATION_DENIALS,
  OWN_ACCOUNT_DENIALS,
  OWN_SERVICE_DENIALS,
  PERMISSION_DENIALS,
  PROGRAM_DENIALS,
  PROGRAM_PERMISSION_DENIALS,
  SERVICE_DENIALS,
  TOKEN_DENIALS,
  UPPER_POLICY_DENIALS,
].flatMap((table) => Object.values(table).map(({ cause }) => cause))

it('every cause of Google is provoked on the lab', () => {
  const codes = CAUSES.filter(({ cloud }) => cloud === 'gcp').map(({ code }) => code)
  expect(codes.toSorted()).toEqual([...new Set([...TRIED, ...NOTICED])].toSorted())
})
