import { type Access, type Connection, accessError } from '@sluice/core'
import { lettersOf } from '../lease.ts'
import type { ContainerPlan } from './plan.ts'

/** The SAS a setup makes: the narrowest of Azure's kinds that covers the locations. */
export interface SasPlan {
  readonly account: string
  /** An account SAS is for every container. */
  readonly target:
    | { readonly kind: 'blob'; readonly container: string; readonly name: string }
    | { readonly kind: 'container'; readonly container: string }
    | { readonly kind: 'account'; readonly resourceTypes: string }
  /** In Azure's order. */
  readonly letters: string
  /** ISO time; absent: 90 days from when it is made. */
  readonly expiresAt: string | undefined
  readonly warnings: readonly string[]
}

/** How long a SAS is made for where nobody says. */
export const SAS_DAYS = 90

export function planSas(connection: Connection, containers: readonly ContainerPlan[], expiresAt: string | undefined): SasPlan {
  const [first, ...others] = containers
  if (first === undefined) throw accessError('internal.defect', { message: 'A setup was planned without a location.' })
  if (others.some(({ account }) => account !== first.account))
    throw accessError('setup.location_malformed', {
      message: `A SAS is for one storage account, and the locations lie in ${[...new Set(containers.map(({ account }) => account))].join(' and ')}.`,
      remedy: 'Make a connection for each storage account, or use federation.',
    })
  const [only] = first.locations
  const target: SasPlan['target'] =
    others.length > 0
      ? { kind: 'account', resourceTypes: resourceTypesFor(connection.access) }
      : first.locations.length === 1 && only?.extent === 'object'
        ? { kind: 'blob', container: first.container, name: only.prefix }
        : { kind: 'container', container: first.container }
  return {
    account: first.account,
    target,
    // Resource Manager signs by an old version, which knows no letter for a look alone.
    letters: lettersOf(connection.access, { kind: target.kind === 'blob' ? 'blob' : 'container' }).replace('e', 'r'),
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    warnings: sasWarnings(target, containers, connection.access),
  }
}

function resourceTypesFor(access: readonly Access[]): string {
  return [access.includes('list') ? 'c' : '', access.some((one) => one !== 'list') ? 'o' : ''].join('')
}

function sasWarnings(target: SasPlan['target'], containers: readonly ContainerPlan[], access: readonly Access[]): readonly string[] {
  const partial = containers.some(({ locations }) => locations.some(({ extent }) => extent !== 'bucket'))
  return [
    'A SAS is a secret that works for whoever has it, until it ends: federation needs none.',
    'Resource Manager keeps the outputs of a deployment, and Terraform its state: delete the deployment, or keep the state safe, once Sluice has the SAS.',
    ...(target.kind === 'container' && partial
      ? [
          'The SAS is for the whole container: Azure’s templates make none for a folder. Sluice itself keeps to the folder; in an account with a hierarchical namespace, az storage fs directory generate-sas makes one for the folder alone.',
        ]
      : []),
    ...(target.kind === 'account'
      ? [
          `The locations lie in several containers, so the SAS is for the whole account${containerPowers(target.resourceTypes, access)
            .map((power) => ` and can ${power}`)
            .join('')}: a connection for each container does with less.`,
        ]
      : []),
  ]
}

/** What an account SAS may do with containers themselves, besides what is asked for. */
export function containerPowers(resourceTypes: string, access: readonly Access[]): readonly string[] {
  if (!resourceTypes.includes('c')) return []
  return [...(access.includes('write') ? ['create containers'] : []), ...(access.includes('delete') ? ['delete containers'] : [])]
}
