import type { AwsCredentials } from '@sluice/clouds'
import { accessError, type Clock, type Transport } from '@sluice/core'
import { z } from 'zod'
import type { AwsIdentity } from '../config/identities.ts'
import { askCredentialService, jsonOf, keptFresh, missingCredentials } from './credential-service.ts'

interface CredentialsDeps {
  readonly identity: AwsIdentity
  /** A transport that may reach the credential services of the machine: link-local addresses and loopback. */
  readonly transport: Transport
  readonly clock: Clock
  readonly readFile: (path: string, signal: AbortSignal) => Promise<string>
}

/** What ECS, EKS and EC2 all answer. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html */
const answerSchema = z.object({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string(),
  Expiration: z.iso.datetime({ offset: true }),
})

const INSTANCE = 'http://169.254.169.254'
const ROLES = '/latest/meta-data/iam/security-credentials/'

/** The credentials of our own AWS identity: static keys, else those of the container, else those of the machine. */
export function createAwsCredentials(deps: CredentialsDeps): (signal: AbortSignal) => Promise<AwsCredentials> {
  const { keys } = deps.identity
  return keys === undefined ? keptFresh(deps.clock, (signal) => fetchCredentials(deps, signal)) : () => Promise.resolve(keys)
}

async function fetchCredentials(deps: CredentialsDeps, signal: AbortSignal): Promise<AwsCredentials> {
  const { transport } = deps
  const { container, instance } = deps.identity
  if (container !== undefined) {
    // The file is replaced while we run, so it is read each time.
    const token = container.tokenFile === undefined ? container.token : (await deps.readFile(container.tokenFile, signal)).trim()
    const headers = token === undefined ? {} : { authorization: token }
    return parse(await askCredentialService(transport, { url: container.url, headers }, signal))
  }
  if (!instance) throw accessError('platform.credentials_missing', { message: 'No credentials for our own AWS identity are configured.' })
  const ttl = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' }
  const token = await askCredentialService(transport, { method: 'PUT', url: `${INSTANCE}/latest/api/token`, headers: ttl }, signal)
  const headers = { 'x-aws-ec2-metadata-token': token }
  const role = (await askCredentialService(transport, { url: INSTANCE + ROLES, headers }, signal)).split('\n')[0]?.trim() ?? ''
  return parse(await askCredentialService(transport, { url: INSTANCE + ROLES + encodeURIComponent(role), headers }, signal))
}

function parse(text: string): AwsCredentials {
  const answer = answerSchema.safeParse(jsonOf(text))
  if (!answer.success) throw missingCredentials('answered something that is not a credential')
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = answer.data
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiresAt: Date.parse(Expiration) }
}
