import { denyPrincipal } from '@sluice/core'
import type { DenialScenario } from '../denials.ts'
import { BUCKET, type GcpWorld, PLATFORM_PROJECT, PROJECT } from '../denials-gcp.ts'
import { GCP_TOLD_ALIKE } from './told-alike.ts'

type Scenario = DenialScenario<GcpWorld>
type Guards = Parameters<GcpWorld['gcp']['guardProject']>[1]

const guards =
  (change: Guards, project = PROJECT) =>
  ({ gcp }: GcpWorld): void =>
    gcp.guardProject(project, change)

const denies =
  (...permissions: readonly string[]) =>
  ({ gcp }: GcpWorld): void =>
    gcp.guardProject(PROJECT, {
      denyRules: [
        {
          deniedPrincipals: ['principalSet://goog/public:all'],
          deniedPermissions: permissions.map((one) => `storage.googleapis.com/${one}`),
        },
      ],
    })

/** What the remedy says: we become an exception of the rule. */
function exceptUs(world: GcpWorld): void {
  const us = denyPrincipal(world.identity)
  const denyRules = world.gcp.getGuards(PROJECT).denyRules.map((rule) => ({
    ...rule,
    exceptionPrincipals: [...(rule.exceptionPrincipals ?? []), ...(us === undefined ? [] : [us])],
  }))
  world.gcp.guardProject(PROJECT, { denyRules })
}

/** Deny policies and boundaries of the principal: Google's words for them are those of a role that is missing. */
export const UPPER_POLICY_DENIALS = {
  denyRead: {
    name: 'a deny policy takes reading away from everybody',
    cause: 'gcs.deny_policy',
    group: GCP_TOLD_ALIKE.object,
    break: denies('objects.get'),
    repair: exceptUs,
  },
  denyDelete: {
    name: 'a deny policy keeps everybody from deleting',
    cause: 'gcs.deny_policy',
    group: GCP_TOLD_ALIKE.object,
    break: denies('objects.delete'),
    repair: exceptUs,
  },
  denyObjects: {
    name: 'a deny policy takes all of objects away, by a group of permissions',
    cause: 'gcs.deny_policy',
    group: GCP_TOLD_ALIKE.nothing,
    break: denies('objects.*'),
    repair: exceptUs,
  },
  boundary: {
    name: 'a boundary of our principals names other projects',
    cause: 'gcs.pab',
    group: GCP_TOLD_ALIKE.nothing,
    inside: 'group',
    break: ({ gcp, federation }) =>
      gcp.setPrincipalBoundaries([{ principalsOf: federation === undefined ? PLATFORM_PROJECT : PROJECT, projects: ['acme-other-data'] }]),
    repair: ({ gcp }) => gcp.setPrincipalBoundaries([]),
  },
  propagation: {
    name: 'the grant is made and has not arrived yet',
    cause: 'gcs.propagation',
    group: GCP_TOLD_ALIKE.nothing,
    inside: 'group',
    break(world) {
      const bindings = world.gcp.getPolicy({ bucket: BUCKET }).bindings
      world.rebind(() => [])
      world.gcp.setIamDelay(420_000)
      world.rebind(() => bindings)
      world.gcp.setIamDelay(0)
    },
    repair: ({ installation }) => installation.clock.advance(420_000),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** What the organization says in its own words. */
export const ORGANIZATION_DENIALS = {
  perimeter: {
    name: 'a service perimeter around the project',
    cause: 'gcs.vpcsc',
    inside: 'strong',
    break: guards({ perimeter: { ingress: [] } }),
    repair: (world) => world.gcp.guardProject(PROJECT, { perimeter: { ingress: [world.member] } }),
  },
  perimeterOfOthers: {
    name: 'a service perimeter whose ingress rule names another identity',
    cause: 'gcs.vpcsc',
    inside: 'strong',
    break: guards({ perimeter: { ingress: ['user:colleague@acme.example'] } }),
    repair: (world) => world.gcp.guardProject(PROJECT, { perimeter: { ingress: ['user:colleague@acme.example', world.member] } }),
  },
  service: {
    name: 'Cloud Storage may not be used in the project',
    cause: 'gcs.org_policy',
    inside: 'strong',
    break: guards({ constraints: { 'gcp.restrictServiceUsage': ['storage.googleapis.com'] } }),
    repair: guards({ constraints: {} }),
  },
  ownKeys: {
    name: 'nothing may be kept but under keys of the customer',
    cause: 'gcs.org_policy',
    inside: 'strong',
    break: guards({ constraints: { 'gcp.restrictNonCmekServices': ['storage.googleapis.com'] } }),
    repair: guards({ constraints: {} }),
  },
  billingClosed: {
    name: 'the billing account was closed',
    cause: 'gcs.billing',
    inside: 'strong',
    break: guards({ billing: 'closed' }),
    repair: guards({ billing: 'open' }),
  },
  billingAbsent: {
    name: 'the project has no billing account',
    cause: 'gcs.billing',
    inside: 'strong',
    break: guards({ billing: 'absent' }),
    repair: guards({ billing: 'open' }),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** What it takes to act as an account besides a role. */
export const SERVICE_DENIALS = {
  ofCustomer: {
    name: 'the API for credentials is not enabled in the project of the pool',
    cause: 'gcs.service_disabled',
    inside: 'strong',
    break: guards({ disabledServices: ['iamcredentials.googleapis.com'] }),
    repair: guards({ disabledServices: [] }),
  },
} as const satisfies { readonly [name: string]: Scenario }

/** The same, where our own account comes. */
export const OWN_SERVICE_DENIALS = {
  ours: {
    name: 'the API for credentials is not enabled in our own project',
    cause: 'gcs.service_disabled',
    inside: 'strong',
    break: guards({ disabledServices: ['iamcredentials.googleapis.com'] }, PLATFORM_PROJECT),
    repair: guards({ disabledServices: [] }, PLATFORM_PROJECT),
  },
} as const satisfies { readonly [name: string]: Scenario }
