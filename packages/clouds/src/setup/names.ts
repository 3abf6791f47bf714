/** The name our objects in the customer's cloud get when the admin does not choose: `sluice-` and the connection's name. */
export function defaultRoleName(connectionName: string): string {
  return cloudName(connectionName, 64)
}

/** Of a user that holds an access key. */
export function defaultUserName(connectionName: string): string {
  return cloudName(connectionName, 64)
}

/** Of the permission policy. */
export function defaultPolicyName(connectionName: string): string {
  return cloudName(connectionName, 64)
}

/** Of a role, user or policy in Alibaba Cloud's RAM, whose names hold no underscore. */
export function defaultRamName(connectionName: string): string {
  return cloudName(connectionName, 64, /[^A-Za-z0-9-]+/g)
}

/** Letters, digits, underscores and hyphens: what every name in IAM may hold. */
function cloudName(connectionName: string, limit: number, foreign = /[^A-Za-z0-9_-]+/g): string {
  const plain = connectionName.replaceAll(foreign, '-').replaceAll(/-{2,}/g, '-').replaceAll(/^-|-$/g, '')
  const full = `sluice-${plain}`
  if (plain !== '' && plain === connectionName && full.length <= limit) return full
  // Two names that only differ in what was replaced must not come to share a role.
  return `${full.slice(0, limit - 9).replace(/-$/, '')}-${fingerprint(connectionName)}`
}

/** FNV-1a of 32 bits, over UTF-16 units: tells names apart, guards nothing. */
export function fingerprint(value: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < value.length; index++) hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}
