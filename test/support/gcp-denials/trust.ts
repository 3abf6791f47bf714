import { generateKeyPairSync } from 'node:crypto'
import type { DenialScenario } from '../denials.ts'
import { listing, writing } from '../denials-gcp-requests.ts'
import { PLATFORM_GCP_ACCOUNT } from '../installation.ts'
import { ACCOUNT, ACCOUNT_ID, BUCKET, type FederationNames, type GcpWorld, PROJECT } from '../denials-gcp.ts'
import { GCP_TOLD_ALIKE } from './told-alike.ts'

type Scenario = DenialScenario<GcpWorld>

function federationOf({ federation }: GcpWorld): FederationNames {
  if (federation === undefined) throw new Error('This connection has no federation.')
  return federation
}

/** The provider, told otherwise. */
const provides =
  (change: Partial<Parameters<GcpWorld['gcp']['putProvider']>[1]>) =>
  (world: GcpWorld): void => {
    const { pool, providerId, issuerUri, attributeCondition } = federationOf(world)
    world.gcp.putProvider(pool, { id: providerId, issuerUri, attributeCondition, ...change })
  }

const asItWas = provides({})

const pools =
  (change: { readonly disabled?: boolean }) =>
  (world: GcpWorld): void => {
    const { pool } = federationOf(world)
    world.gcp.putPool(PROJECT, { id: pool.split('/').at(-1) ?? '', ...change })
  }

/** What the exchange of our token is refused for: the token service says it. */
export const FEDERATION_DENIALS = {
  noProvider: {
    name: 'the provider was deleted',
    cause: 'gcs.federation.provider',
    inside: 'strong',
    break: (world) => world.gcp.deleteProvider(federationOf(world).pool, federationOf(world).providerId),
    repair: asItWas,
  },
  providerOff: {
    name: 'the provider is disabled',
    cause: 'gcs.federation.provider',
    inside: 'strong',
    break: provides({ disabled: true }),
    repair: asItWas,
  },
  noPool: {
    name: 'the pool was deleted',
    cause: 'gcs.federation.provider',
    inside: 'strong',
    break: (world) => world.gcp.deletePool(federationOf(world).pool),
    repair: pools({}),
  },
  poolOff: {
    name: 'the pool is disabled',
    cause: 'gcs.federation.provider',
    inside: 'strong',
    break: pools({ disabled: true }),
    repair: pools({}),
  },
  otherName: {
    name: 'the connection names a provider of another project',
    cause: 'gcs.federation.provider',
    inside: 'strong',
    break: (world) => world.nameProvider('projects/999999999999/locations/global/workloadIdentityPools/sluice-acme/providers/sluice'),
    repair: (world) => world.nameProvider(`${federationOf(world).pool}/providers/${federationOf(world).providerId}`),
  },
  mapping: {
    name: 'the provider takes the subject from a claim that our tokens do not have',
    cause: 'gcs.federation.token',
    inside: 'strong',
    break: provides({ attributeMapping: { 'google.subject': 'assertion.email' } }),
    repair: asItWas,
  },
  issuer: {
    name: 'the provider trusts another issuer',
    cause: 'gcs.federation.token',
    inside: 'strong',
    break: provides({ issuerUri: 'https://sluice.example.org' }),
    repair: asItWas,
  },
  issuerSlash: {
    name: 'the issuer has a slash too many',
    cause: 'gcs.federation.token',
    inside: 'strong',
    break: (world) => provides({ issuerUri: `${federationOf(world).issuerUri}/` })(world),
    repair: asItWas,
  },
  audience: {
    name: 'the provider takes another audience',
    cause: 'gcs.federation.token',
    inside: 'strong',
    break: provides({ allowedAudiences: ['https://sluice.example.com'] }),
    repair: asItWas,
  },
  keys: {
    name: 'the provider was given keys that are not ours',
    cause: 'gcs.federation.token',
    inside: 'strong',
    break: provides({ keys: { keys: [strangersKey()] } }),
    repair: asItWas,
  },
  clock: {
    name: 'our clock is ahead by an hour',
    cause: 'gcs.clock',
    group: GCP_TOLD_ALIKE.stale,
    inside: 'group',
    break: (world) => world.skewBy(-3_600_000),
    repair: (world) => world.skewBy(0),
  },
  subject: {
    name: 'the condition is for another connection',
    cause: 'gcs.federation.condition',
    inside: 'strong',
    break: provides({ attributeCondition: "assertion.sub == 'organization:org:project:project:connection:conn_another'" }),
    repair: asItWas,
  },
  claim: {
    name: 'the condition asks for a claim that our tokens do not have',
    cause: 'gcs.federation.condition',
    inside: 'strong',
    break: provides({ attributeCondition: "assertion.repository == 'acme/lake'" }),
    repair: asItWas,
  },
} as const satisfies { readonly [name: string]: Scenario }

function strangersKey() {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...publicKey.export({ format: 'jwk' }), kty: 'RSA', kid: 'stranger', alg: 'RS256', use: 'sig' }
}

const ACTING_ROLES = ['roles/iam.workloadIdentityUser', 'roles/iam.serviceAccountTokenCreator']

/** The one role by which we may act as the account, kept for the repair. */
function withoutActing(world: GcpWorld): void {
  const on = { serviceAccount: ACCOUNT }
  const { bindings } = world.gcp.getPolicy(on)
  world.gcp.setPolicy(on, { bindings: bindings.filter(({ role }) => !ACTING_ROLES.includes(role)) })
}

function letUsAct(world: GcpWorld): void {
  const role = world.federation === undefined ? 'roles/iam.serviceAccountTokenCreator' : 'roles/iam.workloadIdentityUser'
  world.gcp.addBinding({ on: { serviceAccount: ACCOUNT }, role, member: world.us })
}

/** What keeps us from acting as an account of the customer's, by federation or as our own account. */
export const ACTING_DENIALS = {
  noBinding: {
    name: 'nothing lets us act as it',
    cause: 'gcs.impersonation',
    group: GCP_TOLD_ALIKE.acting,
    inside: 'strong',
    break: withoutActing,
    repair: letUsAct,
  },
  otherMember: {
    name: 'the binding names another principal',
    cause: 'gcs.impersonation',
    group: GCP_TOLD_ALIKE.acting,
    inside: 'strong',
    break(world) {
      withoutActing(world)
      const member = 'serviceAccount:other@sluice-platform.iam.gserviceaccount.com'
      for (const role of ACTING_ROLES) world.gcp.addBinding({ on: { serviceAccount: ACCOUNT }, role, member })
    },
    repair: letUsAct,
  },
  userRole: {
    name: 'the role is that of a service account user',
    cause: 'gcs.impersonation',
    group: GCP_TOLD_ALIKE.acting,
    inside: 'strong',
    break(world) {
      withoutActing(world)
      world.gcp.addBinding({ on: { serviceAccount: ACCOUNT }, role: 'roles/iam.serviceAccountUser', member: world.us })
    },
    repair: letUsAct,
  },
  missing: {
    name: 'the account was deleted',
    cause: 'gcs.sa_missing',
    inside: 'strong',
    break: ({ gcp }) => gcp.deleteServiceAccount(ACCOUNT),
    repair: ({ gcp }) => void gcp.putServiceAccount(PROJECT, { id: ACCOUNT_ID }),
  },
  disabled: {
    name: 'the account is disabled',
    cause: 'gcs.sa_disabled',
    group: GCP_TOLD_ALIKE.account,
    inside: 'strong',
    break: ({ gcp }) => gcp.setServiceAccountDisabled(ACCOUNT, true),
    repair: ({ gcp }) => gcp.setServiceAccountDisabled(ACCOUNT, false),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** What can become of our own account, which the customer cannot see. */
export const OWN_ACCOUNT_DENIALS = {
  disabled: {
    name: 'our own account is disabled',
    cause: 'gcs.sa_disabled',
    group: GCP_TOLD_ALIKE.token,
    inside: 'group',
    break: ({ gcp }) => gcp.setServiceAccountDisabled(PLATFORM_GCP_ACCOUNT, true),
    repair: ({ gcp }) => gcp.setServiceAccountDisabled(PLATFORM_GCP_ACCOUNT, false),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** What can become of a key that we hold. */
export const KEY_DENIALS = {
  deleted: {
    name: 'the key was deleted',
    cause: 'gcs.key.invalid',
    group: GCP_TOLD_ALIKE.key,
    inside: 'strong',
    break: (world) => world.gcp.deleteKey(ACCOUNT, world.keyId ?? ''),
    repair: (world) => world.renewKey(),
  },
  disabled: {
    name: 'the key is disabled',
    cause: 'gcs.key.invalid',
    group: GCP_TOLD_ALIKE.key,
    inside: 'strong',
    break: (world) => world.gcp.setKeyDisabled(ACCOUNT, world.keyId ?? '', true),
    repair: (world) => world.gcp.setKeyDisabled(ACCOUNT, world.keyId ?? '', false),
  },
  expired: {
    name: 'the key has ended',
    cause: 'gcs.key.expired',
    group: GCP_TOLD_ALIKE.key,
    inside: 'strong',
    arrange: (world) => world.renewKey(90_000),
    break: (world) => world.installation.clock.advance(90_000),
    repair: (world) => world.renewKey(),
  },
  missing: {
    name: 'the account was deleted',
    cause: 'gcs.sa_missing',
    group: GCP_TOLD_ALIKE.account,
    inside: 'strong',
    break: ({ gcp }) => gcp.deleteServiceAccount(ACCOUNT),
    async repair(world) {
      world.gcp.putServiceAccount(PROJECT, { id: ACCOUNT_ID })
      await world.renewKey()
    },
  },
  disabledAccount: {
    name: 'the account is disabled',
    cause: 'gcs.sa_disabled',
    group: GCP_TOLD_ALIKE.account,
    inside: 'strong',
    break: ({ gcp }) => gcp.setServiceAccountDisabled(ACCOUNT, true),
    repair: ({ gcp }) => gcp.setServiceAccountDisabled(ACCOUNT, false),
  },
  clockAhead: {
    name: 'our clock is ahead by ten minutes',
    cause: 'gcs.clock',
    inside: 'strong',
    break: (world) => world.skewBy(-600_000),
    repair: (world) => world.skewBy(0),
  },
  clockBehind: {
    name: 'our clock is behind by two hours',
    cause: 'gcs.clock',
    inside: 'strong',
    break: (world) => world.skewBy(7_200_000),
    repair: (world) => world.skewBy(0),
  },
} as const satisfies { readonly [name: string]: Scenario }

const lists: Pick<Scenario, 'tries'> = { tries: async (world) => [await world.tries(listing(BUCKET, 'data/'))] }
const writes: Pick<Scenario, 'tries'> = { tries: async (world) => [await world.tries(writing(BUCKET, 'data/tried.csv'))] }
const asBefore = (world: GcpWorld): void => world.reprogram({})

/** Tokens of a program of ours that comes its own way. */
export const TOKEN_DENIALS = {
  ended: {
    ...lists,
    name: 'a program that goes on with a token that has ended',
    cause: 'gcs.token',
    group: GCP_TOLD_ALIKE.token,
    inside: 'consistent',
    break(world) {
      world.reprogram({ token: world.token() })
      world.installation.clock.advance(3_600_000)
    },
    repair: asBefore,
  },
  scope: {
    ...writes,
    name: 'a program whose token is for reading alone',
    cause: 'gcs.scope',
    inside: 'strong',
    break: (world) => world.reprogram({ token: world.token(['https://www.googleapis.com/auth/devstorage.read_only']) }),
    repair: asBefore,
  },
  none: {
    ...lists,
    name: 'a program that loses its token on the way',
    cause: 'gcs.anonymous',
    inside: 'strong',
    break: (world) => world.reprogram({ token: null }),
    repair: asBefore,
  },
} as const satisfies { readonly [name: string]: Scenario }
