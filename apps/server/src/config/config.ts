import { homedir } from 'node:os'
import { join } from 'node:path'
import { accessError, type Platform, type QueryLimits, type Route } from '@sluice/core'
import {
  aliyunIdentityOf,
  awsIdentityOf,
  azureIdentityOf,
  gcpIdentityOf,
  missingPartners,
  type AliyunIdentity,
  type AwsIdentity,
  type AzureIdentity,
  type GcpIdentity,
} from './identities.ts'
import type { LogLevel } from './log-levels.ts'
import { SETTINGS, type Settings } from './settings.ts'

/** Variables as a process has them. */
export type Environment = { readonly [name: string]: string | undefined }

/** The server's configuration, parsed. */
export interface Config {
  readonly dataDir: string
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly masterKey: { readonly given: string | undefined; readonly path?: string }
  readonly multiOrganization: boolean
  readonly platform: Platform
  readonly awsIdentity: AwsIdentity
  readonly gcpIdentity: GcpIdentity
  readonly azureIdentity: AzureIdentity
  readonly aliyunIdentity: AliyunIdentity
  readonly egress: { readonly allowHosts: readonly string[]; readonly allowAddresses: readonly string[] }
  readonly routes: readonly Route[]
  readonly logLevel: LogLevel
  /** Looking at connections again by itself, and whom to tell of changes. */
  readonly watch: { readonly hours: number; readonly webhook?: { readonly url: string; readonly secret?: string } }
  readonly limits: {
    readonly bodyBytes: number
    readonly requestMs: number
    readonly shutdownMs: number
    readonly queryWorkers: number
    /** What a query may use when it says nothing, and what it may ask for. */
    readonly query: { readonly defaults: QueryLimits; readonly maximum: QueryLimits }
  }
}

/** Reads the configuration from an environment. Throws `config.invalid` that names every variable that does not fit, and no value. */
export function readConfig(environment: Environment): Config {
  // An empty variable is how a shell or a compose file says "not set".
  const given = Object.fromEntries(Object.entries(environment).filter(([name, value]) => name in SETTINGS.shape && value !== ''))
  const result = SETTINGS.safeParse(given)
  if (!result.success) throw invalid(result.error.issues.map((issue) => [String(issue.path[0]), issue.message] as const))
  const settings = result.data
  const dataDir = settings.SLUICE_DATA_DIR ?? join(homedir(), '.sluice')
  const missing = missingPartners(settings)
  if (missing.length > 0) throw invalid(missing)
  const usesPostgres = settings.DATABASE_URL !== undefined
  if (usesPostgres && settings.SLUICE_MASTER_KEY === undefined)
    throw invalid([['SLUICE_MASTER_KEY', 'is required together with DATABASE_URL']])
  if (settings.SLUICE_ISSUER_URL?.startsWith('http:') === true && settings.SLUICE_ROUTES.length === 0)
    throw invalid([['SLUICE_ISSUER_URL', 'must begin with https://; a loopback address is for the lab only']])
  return {
    dataDir,
    host: settings.SLUICE_HOST,
    port: settings.SLUICE_PORT,
    databaseUrl: settings.DATABASE_URL ?? `sqlite:${join(dataDir, 'sluice.db')}`,
    masterKey: { given: settings.SLUICE_MASTER_KEY, ...(usesPostgres ? {} : { path: join(dataDir, 'master.key') }) },
    multiOrganization: settings.SLUICE_MULTI_ORGANIZATION,
    platform: platformOf(settings),
    awsIdentity: awsIdentityOf(settings),
    gcpIdentity: gcpIdentityOf(settings),
    azureIdentity: azureIdentityOf(settings),
    aliyunIdentity: aliyunIdentityOf(settings),
    egress: { allowHosts: settings.SLUICE_EGRESS_ALLOW_HOSTS, allowAddresses: settings.SLUICE_EGRESS_ALLOW_ADDRESSES },
    routes: settings.SLUICE_ROUTES,
    logLevel: settings.SLUICE_LOG_LEVEL,
    watch: watchOf(settings),
    limits: {
      bodyBytes: settings.SLUICE_MAX_BODY_BYTES,
      requestMs: settings.SLUICE_REQUEST_SECONDS * 1000,
      shutdownMs: settings.SLUICE_SHUTDOWN_SECONDS * 1000,
      queryWorkers: settings.SLUICE_QUERY_WORKERS,
      query: queryLimits(settings),
    },
  }
}

const UNASKED: QueryLimits = { memoryBytes: 2 ** 30, diskBytes: 16 * 2 ** 30, rows: 10_000, milliseconds: 300_000, threads: 2 }

function watchOf({ SLUICE_RECHECK_HOURS: hours, SLUICE_WEBHOOK_URL: url, SLUICE_WEBHOOK_SECRET: secret }: Settings): Config['watch'] {
  return { hours, ...(url === undefined ? {} : { webhook: { url, ...(secret === undefined ? {} : { secret }) } }) }
}

function queryLimits(settings: Settings): Config['limits']['query'] {
  const maximum: QueryLimits = {
    memoryBytes: settings.SLUICE_QUERY_MEMORY_BYTES,
    diskBytes: settings.SLUICE_QUERY_DISK_BYTES,
    rows: settings.SLUICE_QUERY_ROWS,
    milliseconds: settings.SLUICE_QUERY_SECONDS * 1000,
    threads: settings.SLUICE_QUERY_THREADS,
  }
  const defaults: QueryLimits = {
    memoryBytes: Math.min(UNASKED.memoryBytes, maximum.memoryBytes),
    diskBytes: Math.min(UNASKED.diskBytes, maximum.diskBytes),
    rows: Math.min(UNASKED.rows, maximum.rows),
    milliseconds: Math.min(UNASKED.milliseconds, maximum.milliseconds),
    threads: Math.min(UNASKED.threads, maximum.threads),
  }
  return { defaults, maximum }
}

function invalid(problems: readonly (readonly [name: string, message: string])[]) {
  return accessError('config.invalid', {
    message: `The configuration is not well formed: ${problems.map(([name, message]) => `${name}: ${message}`).join('; ')}.`,
    context: Object.fromEntries(problems),
  })
}

function platformOf(settings: Settings): Platform {
  const url = settings.SLUICE_ISSUER_URL
  return {
    ...(url === undefined ? {} : { issuer: { url } }),
    ...awsPlatformOf(settings),
    ...gcpPlatformOf(settings),
    ...azurePlatformOf(settings),
    ...aliyunPlatformOf(settings),
    regions: settings.SLUICE_REGIONS,
    egressAddresses: settings.SLUICE_PUBLIC_ADDRESSES,
  }
}

function awsPlatformOf(settings: Settings): Pick<Platform, 'aws'> {
  const principalArn = settings.SLUICE_AWS_PRINCIPAL_ARN
  if (principalArn === undefined) return {}
  const [, partition, , , accountId] = principalArn.split(':')
  return {
    aws: {
      principalArn,
      accountId: accountId ?? '',
      trust: settings.SLUICE_AWS_TRUST,
      partition: partition === 'aws-cn' || partition === 'aws-us-gov' ? partition : 'aws',
      stsRegion: settings.SLUICE_AWS_STS_REGION,
      ...templateBucketOf(settings.SLUICE_TEMPLATE_BUCKET),
    },
  }
}

function gcpPlatformOf({ SLUICE_GCP_SERVICE_ACCOUNT: serviceAccount }: Settings): Pick<Platform, 'gcp'> {
  return serviceAccount === undefined ? {} : { gcp: { serviceAccount } }
}

function azurePlatformOf(settings: Settings): Pick<Platform, 'azure'> {
  const { SLUICE_AZURE_CLIENT_ID: clientId, SLUICE_AZURE_OBJECT_ID: objectId, SLUICE_AZURE_TENANT_ID: tenantId } = settings
  return clientId === undefined || objectId === undefined || tenantId === undefined ? {} : { azure: { clientId, objectId, tenantId } }
}

function aliyunPlatformOf(settings: Settings): Pick<Platform, 'aliyun'> {
  const principalArn = settings.SLUICE_ALIYUN_PRINCIPAL_ARN
  if (principalArn === undefined) return {}
  return {
    aliyun: {
      principalArn,
      accountId: principalArn.split(':')[3] ?? '',
      stsRegion: settings.SLUICE_ALIYUN_STS_REGION,
      ...templateBucketOf(settings.SLUICE_ALIYUN_TEMPLATE_BUCKET),
    },
  }
}

function templateBucketOf(setting: string | undefined): { readonly templateBucket?: { readonly name: string; readonly region: string } } {
  const [name, region] = setting?.split('@') ?? []
  return name === undefined || region === undefined ? {} : { templateBucket: { name, region } }
}
