import { fingerprint } from '../../setup/names.ts'

/** The pool of a connection: one each, so that taking one away touches no other. 4 to 32 lower-case letters, digits and hyphens. */
export function defaultPoolId(connectionName: string): string {
  return hyphenated(connectionName, 32)
}

/** The only provider in it. */
export function defaultProviderId(): string {
  return 'sluice'
}

/** The part before the @ of a service account: 6 to 30 lower-case letters, digits and hyphens. */
export function defaultServiceAccountId(connectionName: string): string {
  return hyphenated(connectionName, 30)
}

/** A custom role: 3 to 64 letters, digits, underscores and dots. */
export function defaultCustomRoleId(connectionName: string): string {
  return hyphenated(connectionName, 55).replaceAll('-', '_')
}

function hyphenated(connectionName: string, limit: number): string {
  const plain = connectionName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  const full = `sluice-${plain}`
  if (plain !== '' && plain === connectionName && full.length <= limit) return full
  // Two names that only differ in what was replaced must not come to share a pool.
  return `${full.slice(0, limit - 9).replace(/-$/, '')}-${fingerprint(connectionName)}`
}
