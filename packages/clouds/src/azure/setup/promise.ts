import type { Location } from '@sluice/core'
import { promiseOf, words } from '../../setup/promise.ts'
import type { ContainerPlan, SetupPlan } from './plan.ts'
import { containerPowers } from './sas-plan.ts'

export const SCHEME = 'azure://'

/** The locations with their account in the name of the container: two accounts may have containers of one name. */
export function namedLocations(containers: readonly ContainerPlan[]): readonly Location[] {
  return containers.flatMap(({ account, locations }) =>
    locations.map((location) => ({ ...location, bucket: placeName(account, location.bucket) })),
  )
}

export function placeName(account: string, container: string): string {
  return `${account}.blob.core.windows.net/${container}`
}

/** What we will and will not be able to do. */
export function promiseOfPlan(plan: SetupPlan): string {
  const { sas, containers, access } = plan
  if (plan.method === 'account-key')
    return `Sluice will be able to do anything in the storage account ${words(plan.accounts, 'and')}, its settings included: nothing narrows an account key.`
  if (sas === undefined) return promiseOf(access, namedLocations(containers), SCHEME, undefined, 'containers')
  if (sas.target.kind === 'account') {
    const powers = containerPowers(sas.target.resourceTypes, access)
    return `Sluice will be able to ${words(access, 'and')} in every container of the storage account ${sas.account}${powers.length === 0 ? '' : `, and to ${words(powers, 'and')}`}, until the SAS ends.`
  }
  const whole = sas.target.kind === 'container' ? containers.map(wholeContainer) : containers
  return `${promiseOf(access, namedLocations(whole), SCHEME, undefined, 'containers')} The SAS works until it ends.`
}

/** The container as a whole: what a SAS for a folder of it comes to. */
export function wholeContainer({ account, container, locations: [first] }: ContainerPlan): ContainerPlan {
  const locations = first === undefined ? [] : [{ ...first, prefix: '', extent: 'bucket' as const }]
  return { account, container, locations, condition: undefined }
}
