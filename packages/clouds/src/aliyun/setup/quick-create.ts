/** Labels of the facts that the link is made from. */
export const STACK_FACT = 'Stack name'
export const REGION_FACT = 'Region of the stack'

/**
 * The link that opens ROS's console with a published template, whose parameters all have their defaults.
 * ROS fetches the template itself, from any https URL it can reach. https://help.aliyun.com/en/ros/user-guide/create-a-stack
 */
export function rosCreateUrl(request: { readonly templateUrl: string; readonly region: string; readonly stackName: string }): string {
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
