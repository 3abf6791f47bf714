import { type AliyunCredentials, assumeAliyunRoleWithOidc } from '@sluice/clouds'
import { accessError, type Clock, type Random, type Transport } from '@sluice/core'
import { z } from 'zod'
import type { AliyunIdentity } from '../config/identities.ts'
import { askCredentialService, jsonOf, keptFresh, missingCredentials } from './credential-service.ts'

interface CredentialsDeps {
  readonly identity: AliyunIdentity
  /** A transport that may reach the metadata service of the machine. */
  readonly machine: Transport
  /** The transport that reaches STS. */
  readonly transport: Transport
  readonly clock: Clock
  readonly random: Random
  readonly readFile: (path: string, signal: AbortSignal) => Promise<string>
}

/** What the metadata service of an ECS instance answers. https://help.aliyun.com/en/ecs/user-guide/attach-an-instance-ram-role-to-an-ecs-instance */
const answerSchema = z.object({
  AccessKeyId: z.string(),
  AccessKeySecret: z.string(),
  SecurityToken: z.string(),
  Expiration: z.iso.datetime({ offset: true }),
})

const MACHINE = 'http://100.100.100.200/latest'
const ROLES = `${MACHINE}/meta-data/ram/security-credentials/`
const SESSION_SECONDS = 3600

/**
 * The credentials of our own identity in Alibaba Cloud: an AccessKey, else those of a role that trusts the token in a file, as pods of
 * ACK get them, else those of the role that the machine carries.
 */
export function createAliyunCredentials(deps: CredentialsDeps): (signal: AbortSignal) => Promise<AliyunCredentials> {
  const { keys } = deps.identity
  return keys === undefined ? keptFresh(deps.clock, (signal) => fetchCredentials(deps, signal)) : () => Promise.resolve(keys)
}

async function fetchCredentials(deps: CredentialsDeps, signal: AbortSignal): Promise<AliyunCredentials> {
  const { oidc, machine, stsRegion: region } = deps.identity
  if (oidc !== undefined) {
    // The file is replaced while we run, so it is read each time.
    const token = (await deps.readFile(oidc.tokenFile, signal)).trim()
    const { roleArn, providerArn, sessionName } = oidc
    const request = { roleArn, providerArn, sessionName, token, durationSeconds: SESSION_SECONDS }
    return (await assumeAliyunRoleWithOidc({ ...deps, region }, request, signal)).credentials
  }
  if (machine === undefined)
    throw accessError('platform.credentials_missing', { message: 'No credentials for our own identity in Alibaba Cloud are configured.' })
  return ofMachine(deps.machine, machine.role, signal)
}

/** Asked by a session of the metadata service, which works where the one without is turned off. */
async function ofMachine(transport: Transport, named: string | undefined, signal: AbortSignal): Promise<AliyunCredentials> {
  const ttl = { 'x-aliyun-ecs-metadata-token-ttl-seconds': '21600' }
  const token = await askCredentialService(transport, { method: 'PUT', url: `${MACHINE}/api/token`, headers: ttl }, signal)
  const headers = { 'x-aliyun-ecs-metadata-token': token }
  const role = named ?? (await askCredentialService(transport, { url: ROLES, headers }, signal)).split('\n')[0]?.trim() ?? ''
  const answer = answerSchema.safeParse(
    jsonOf(await askCredentialService(transport, { url: ROLES + encodeURIComponent(role), headers }, signal)),
  )
  if (!answer.success) throw missingCredentials('answered something that is not a credential')
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = answer.data
  return { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken, expiresAt: Date.parse(Expiration) }
}
