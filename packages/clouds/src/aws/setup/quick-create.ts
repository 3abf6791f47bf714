import type { Setup } from '@sluice/core'
import { stackOf } from '../../setup/stack-facts.ts'
import { regionalLink } from './console-links.ts'
import { partitionOfRegion } from './partition.ts'

/**
 * The link that opens CloudFormation's console with a published template and its values filled in.
 * CloudFormation opens templates only from S3, so `templateUrl` is an object's https URL there.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
 */
export function quickCreateUrl(request: {
  readonly templateUrl: string
  readonly region: string
  readonly stackName: string
  /** By name of the template's parameter; absent ones keep the template's defaults. */
  readonly parameters?: { readonly [name: string]: string }
}): string {
  const { templateUrl, region, stackName, parameters = {} } = request
  const query = [
    ['templateURL', templateUrl],
    ['stackName', stackName],
    ...Object.entries(parameters).map(([name, value]) => [`param_${name}`, value]),
  ]
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&')
  return regionalLink({ partition: partitionOfRegion(region), region }, 'cloudformation/home', `#/stacks/create/review?${query}`)
}

/** The link to a published template of a setup. */
export function cloudFormationLink(setup: Setup, templateUrl: string): string {
  return quickCreateUrl({ templateUrl, ...stackOf(setup) })
}
