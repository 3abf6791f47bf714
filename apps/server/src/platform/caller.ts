import { readFile } from 'node:fs/promises'
import { createTransport, getCallerIdentity, type CallerIdentity } from '@sluice/clouds'
import type { Clock } from '@sluice/core'
import type { Config } from '../config/config.ts'
import { CREDENTIAL_SERVICES, createAwsCredentials } from './aws-credentials.ts'

/** Asks AWS whose credentials this configuration leads to. Needs no permission, so only missing or bad credentials fail. */
export async function askWhoWeAre(config: Config, region: string, clock: Clock, signal: AbortSignal): Promise<CallerIdentity> {
  const own = createTransport({ egress: { allowAddresses: CREDENTIAL_SERVICES }, responseTimeoutMs: 2_000, connectTimeoutMs: 2_000 })
  const transport = createTransport({ routes: config.routes, egress: config.egress, responseTimeoutMs: 5_000 })
  try {
    const read = (file: string, stop: AbortSignal) => readFile(file, { encoding: 'utf8', signal: stop })
    const credentials = await createAwsCredentials({ identity: config.awsIdentity, transport: own, clock, readFile: read })(signal)
    return await getCallerIdentity({ transport, clock, credentials, region }, signal)
  } finally {
    own.close()
    transport.close()
  }
}

/** Whether a caller is the principal: STS names the sessions of a role, `assumed-role/NAME/SESSION`, without the role's path. */
export function isPrincipal(callerArn: string, principalArn: string): boolean {
  if (callerArn === principalArn) return true
  const role = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principalArn)
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/.exec(callerArn)
  return role !== null && session !== null && [1, 2, 3].every((part) => role[part] === session[part])
}
