import type { AwsCredentials } from './credentials.ts'

/** The parts of a credential that nothing may repeat. */
export function secretsOf(credentials: AwsCredentials | undefined): readonly string[] {
  return [credentials?.secretAccessKey, credentials?.sessionToken].filter((secret) => secret !== undefined)
}
