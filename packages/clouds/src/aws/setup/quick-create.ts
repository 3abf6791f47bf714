import { accessError, type Setup } from '@sluice/core'
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

/** Labels of the facts that the link is made from. */
export const STACK_FACT = 'Stack name'
export const REGION_FACT = 'Region of the stack'

/** The quick-create link of a setup whose template has been published: every parameter keeps the default written into the template. */
export function quickCreateLink(setup: Setup, templateUrl: string): string {
  const fact = (label: string): string => {
    const found = setup.facts.find((one) => one.label === label)
    if (found === undefined)
      throw accessError('setup.no_template', { message: `The setup for the method ${setup.method} has no template.` })
    return found.value
  }
  return quickCreateUrl({ templateUrl, region: fact(REGION_FACT), stackName: fact(STACK_FACT) })
}
