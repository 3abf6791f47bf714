import type { Setup } from '@sluice/core'
import { stackOf } from '../../setup/stack-facts.ts'

/** The link to a published template of a setup. */
export function rosLink(setup: Setup, templateUrl: string): string {
  return rosCreateUrl({ templateUrl, ...stackOf(setup) })
}

/**
 * The link that opens ROS's console with a published template, whose parameters all have their defaults.
 * ROS fetches the template itself, from any https URL it can reach. https://help.aliyun.com/en/ros/user-guide/create-a-stack
 */
function rosCreateUrl(request: { readonly templateUrl: string; readonly region: string; readonly stackName: string }): string {
  const { templateUrl, region, stackName } = request
  const query = [
    ['templateUrl', templateUrl],
    ['stackName', stackName],
    ['isSimplified', 'true'],
  ].map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
  return `${rosConsole(region)}/stacks/create?${query.join('&')}`
}

/** ROS's console in a region. */
export function rosConsole(region: string): string {
  return `https://ros.console.aliyun.com/${region}`
}
