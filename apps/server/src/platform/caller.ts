import { readFile } from 'node:fs/promises'
import { createTransport, getAliyunCallerIdentity, getCallerIdentity, type PooledTransport } from '@sluice/clouds'
import type { AliyunPlatform, AwsPlatform, AzurePlatform, GcpPlatform, Clock, Platform, Random } from '@sluice/core'
import type { Config } from '../config/config.ts'
import { DEFAULT_PROJECT } from '../metadata.ts'
import { createAliyunCredentials } from './aliyun-credentials.ts'
import { createAwsCredentials } from './aws-credentials.ts'
import { createAzureCredentials } from './azure-credentials.ts'
import { CREDENTIAL_SERVICES, jsonOf } from './credential-service.ts'
import { createGcpCredentials } from './gcp-credentials.ts'

/** An identity of ours in a cloud, as the platform names it and as this environment leads to it. */
export interface OwnIdentity {
  readonly cloud: string
  readonly principalArn: string
  /** The variable that names the principal. */
  readonly variable: string
  /** Where its credentials come from, in words; absent where there are none. */
  readonly from?: string
  /** How to give it some. */
  readonly remedy: string
  /** Asks the cloud whose credentials they are. Needs no permission, so only missing or bad credentials fail. */
  ask(system: { readonly clock: Clock; readonly random: Random }, signal: AbortSignal): Promise<string>
  /** Whether a caller that the cloud names is the principal. */
  isOurs(callerArn: string): boolean
}

/** Who we are to AWS. */
export function awsIdentity(config: Config, { principalArn, stsRegion: region }: AwsPlatform): OwnIdentity {
  const { awsIdentity: identity } = config
  const machine = identity.instance ? 'the machine' : undefined
  const from = identity.keys === undefined ? (identity.container === undefined ? machine : 'the container') : 'AWS_ACCESS_KEY_ID'
  return {
    cloud: 'AWS',
    principalArn,
    variable: 'SLUICE_AWS_PRINCIPAL_ARN',
    ...(from === undefined ? {} : { from }),
    remedy:
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, if temporary), or run where the role is attached: ECS, EKS, EC2.',
    ask: ({ clock }, signal) =>
      withTransports(config, async ({ machine: own, transport }) => {
        const credentials = await createAwsCredentials({ identity, transport: own, clock, readFile: readText })(signal)
        return (await getCallerIdentity({ transport, clock, credentials, region }, signal)).arn
      }),
    isOurs: (callerArn) => isPrincipal(callerArn, principalArn),
  }
}

/** Who we are to Google Cloud. Of an account for each project, the first project's is asked for. */
export function gcpIdentity(config: Config, { serviceAccount }: GcpPlatform): OwnIdentity {
  const { gcpIdentity: identity } = config
  const machine = identity.machine ? 'the machine' : undefined
  const from = identity.keyFile === undefined ? machine : 'GOOGLE_APPLICATION_CREDENTIALS'
  return {
    cloud: 'Google Cloud',
    principalArn: serviceAccount,
    variable: 'SLUICE_GCP_SERVICE_ACCOUNT',
    ...(from === undefined ? {} : { from }),
    remedy:
      'Set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or run where one is attached: Compute Engine, GKE, Cloud Run. It is the account itself, or holds roles/iam.serviceAccountTokenCreator on it.',
    ask: ({ clock }, signal) =>
      withTransports(config, async (transports) => {
        await createGcpCredentials({ ...transports, identity, clock, readFile: readText })(
          serviceAccount.replaceAll('{project}', DEFAULT_PROJECT.id),
          signal,
        )
        // Google made a token of that account and of no other.
        return serviceAccount
      }),
    isOurs: (caller) => caller === serviceAccount,
  }
}

/** Who we are to Azure: what the token says whose it is. */
export function azureIdentity(config: Config, platform: AzurePlatform): OwnIdentity {
  const { azureIdentity: identity } = config
  const service = identity.service === undefined ? 'the machine' : 'IDENTITY_ENDPOINT'
  return {
    cloud: 'Azure',
    principalArn: platform.objectId,
    variable: 'SLUICE_AZURE_OBJECT_ID',
    from: identity.tokenFile === undefined ? service : 'AZURE_FEDERATED_TOKEN_FILE',
    remedy:
      'Run where the managed identity is assigned: a virtual machine, App Service, Container Apps or AKS. Its ids are shown by: az identity show.',
    ask: ({ clock }, signal) =>
      withTransports(config, async (transports) => {
        const { token } = await createAzureCredentials({ ...transports, platform, identity, clock, readFile: readText })(signal)
        return objectIdOf(token) ?? platform.objectId
      }),
    isOurs: (caller) => caller === platform.objectId,
  }
}

/** Whose an access token is, as it says itself. Entra promises no form, so that one may not tell. */
export function objectIdOf(token: string): string | undefined {
  const claims = jsonOf(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  if (typeof claims !== 'object' || claims === null || !('oid' in claims) || typeof claims.oid !== 'string') return undefined
  return claims.oid.toLowerCase()
}

/** Who we are to Alibaba Cloud. */
export function aliyunIdentity(config: Config, { principalArn, stsRegion: region }: AliyunPlatform): OwnIdentity {
  const { aliyunIdentity: identity } = config
  const machine = identity.machine === undefined ? undefined : 'the machine'
  const otherwise = identity.oidc === undefined ? machine : 'ALIBABA_CLOUD_OIDC_TOKEN_FILE'
  const from = identity.keys === undefined ? otherwise : 'ALIBABA_CLOUD_ACCESS_KEY_ID'
  return {
    cloud: 'Alibaba Cloud',
    principalArn,
    variable: 'SLUICE_ALIYUN_PRINCIPAL_ARN',
    ...(from === undefined ? {} : { from }),
    remedy:
      'Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET (and ALIBABA_CLOUD_SECURITY_TOKEN, if temporary), or run where the role is attached: ECS, ACK.',
    ask: ({ clock, random }, signal) =>
      withTransports(config, async (transports) => {
        const deps = { ...transports, clock, random }
        const credentials = await createAliyunCredentials({ ...deps, identity, readFile: readText })(signal)
        return (await getAliyunCallerIdentity({ ...deps, region, credentials }, signal)).arn
      }),
    isOurs: (callerArn) => isRamPrincipal(callerArn, principalArn),
  }
}

/** The identities that a platform names. */
export function ownIdentities(config: Config, { aws, gcp, azure, aliyun }: Platform): readonly OwnIdentity[] {
  return [
    ...(aws === undefined ? [] : [awsIdentity(config, aws)]),
    ...(gcp === undefined ? [] : [gcpIdentity(config, gcp)]),
    ...(azure === undefined ? [] : [azureIdentity(config, azure)]),
    ...(aliyun === undefined ? [] : [aliyunIdentity(config, aliyun)]),
  ]
}

/** Whether a caller is the principal: STS names the sessions of a role, `assumed-role/NAME/SESSION`, without the role's path. */
export function isPrincipal(callerArn: string, principalArn: string): boolean {
  if (callerArn === principalArn) return true
  const role = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(principalArn)
  const session = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/.exec(callerArn)
  return role !== null && session !== null && [1, 2, 3].every((part) => role[part] === session[part])
}

/** The same for Alibaba Cloud, where letter case tells no names apart. */
export function isRamPrincipal(callerArn: string, principalArn: string): boolean {
  const [caller, principal] = [callerArn.toLowerCase(), principalArn.toLowerCase()]
  return caller === principal || caller.replace(/:assumed-role\/([^/]+)\/[^/]+$/, ':role/$1') === principal
}

interface Transports {
  /** Reaches the credential services of the machine. */
  readonly machine: PooledTransport
  /** Reaches the clouds. */
  readonly transport: PooledTransport
}

async function withTransports<T>(config: Config, run: (transports: Transports) => Promise<T>): Promise<T> {
  const machine = createTransport({ egress: { allowAddresses: CREDENTIAL_SERVICES }, responseTimeoutMs: 2_000, connectTimeoutMs: 2_000 })
  const transport = createTransport({ routes: config.routes, egress: config.egress, responseTimeoutMs: 5_000 })
  try {
    return await run({ machine, transport })
  } finally {
    machine.close()
    transport.close()
  }
}

function readText(file: string, signal: AbortSignal): Promise<string> {
  return readFile(file, { encoding: 'utf8', signal })
}
