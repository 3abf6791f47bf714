import { isIP } from 'node:net'
import { z } from 'zod'
import { LOG_LEVELS } from './log-levels.ts'

const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== ''))
const yes = z.enum(['true', 'false']).transform((text) => text === 'true')
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

/** Routes as `host=url,host=url`. Only loopback may stand on the right: a route carries signed requests over plain http. */
const routes = list.transform((parts, context) =>
  parts.map((part) => {
    const at = part.indexOf('=')
    const to = part.slice(at + 1)
    if (at < 1 || !/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(to))
      context.addIssue({ code: 'custom', message: 'must be host=http://127.0.0.1:PORT, separated by commas' })
    return { host: part.slice(0, Math.max(at, 0)), to }
  }),
)

const guid = z
  .string()
  .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID')
  .transform((text) => text.toLowerCase())

const ranges = list.refine((parts) => parts.every(isRange), 'must be CIDR blocks such as 10.1.0.0/16, separated by commas')

function isRange(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/')
  const family = isIP(address)
  return family !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}

/**
 * What every cloud takes as an issuer: AWS at most 255 characters without a port, all of them compare it letter by letter.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
function isIssuerUrl(text: string): boolean {
  const isPublic = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)+(\/(?!\.{1,2}(\/|$))[\w.~-]+)*$/.test(text)
  return text.length <= 255 && (isPublic || /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?$/.test(text))
}

/** Documents a setting: what it is for, its default in words, and whether it is a secret. */
const about = (description: string, fallback: string, secret = false) => ({ description, fallback, secret })

/** Every environment variable the server reads. Names and meanings are the documentation too. */
export const SETTINGS = z.object({
  SLUICE_DATA_DIR: z
    .string()
    .min(1)
    .optional()
    .meta(about('Folder of the metadata, the master key file, the context file and the cache.', '`~/.sluice`')),
  SLUICE_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta(about('Address to listen on. Anything but loopback needs a proxy that speaks TLS in front.', '`127.0.0.1`')),
  SLUICE_PORT: count(0, 65_535).default(7780).meta(about('Port to listen on; 0 for any free one.', '`7780`')),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .meta(about('PostgreSQL to keep the metadata in; `SLUICE_MASTER_KEY` is then required.', 'SQLite in the data folder', true)),
  SLUICE_MASTER_KEY: z
    .string()
    .optional()
    .meta(
      about(
        'Key that stored secrets are encrypted under: 32 bytes as base64 or hexadecimal.',
        'a file made on first start, mode 0600',
        true,
      ),
    ),
  SLUICE_MULTI_ORGANIZATION: yes
    .default(false)
    .meta(about('`true` when several organizations share this installation: external ids are then only ever issued.', '`false`')),
  SLUICE_REGIONS: list.default([]).meta(about("Regions the platform's own servers run in, separated by commas.", 'none')),
  SLUICE_PUBLIC_ADDRESSES: list
    .default([])
    .meta(about('Public addresses our requests come from, as CIDR blocks: shown to cloud admins who restrict by network.', 'none')),
  SLUICE_ISSUER_URL: z
    .string()
    .transform((text) => text.replace(/\/$/, ''))
    .refine(isIssuerUrl, 'must be an https URL in lower case without port, query and fragment, 255 characters at most')
    .optional()
    .meta(
      about(
        'The https address at which the clouds reach this server: Sluice is then an OpenID Connect issuer, and customers can trust it without any identity of ours in their cloud. docs/issuer.md says more.',
        'none: the methods that need it are refused',
      ),
    ),
  SLUICE_AWS_PRINCIPAL_ARN: z
    .string()
    .regex(/^arn:aws(-cn|-us-gov)?:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/, 'must be the ARN of a role or user')
    .optional()
    .meta(
      about('The role or user of ours that customers trust. Without it Sluice has no AWS identity and refuses the role method.', 'none'),
    ),
  SLUICE_AWS_TRUST: z
    .enum(['account', 'principal'])
    .default('account')
    .meta(
      about(
        'What trust policies name: `account` (the account root, narrowed by aws:PrincipalArn) or `principal` (the exact ARN).',
        '`account`',
      ),
    ),
  SLUICE_AWS_STS_REGION: z.string().default('us-east-1').meta(about('Region whose STS endpoint is called.', '`us-east-1`')),
  SLUICE_GCP_SERVICE_ACCOUNT: z
    .string()
    .regex(
      /^(?=.*@)[a-z][a-z0-9-]*(?:\{project\})?[a-z0-9-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)?\.iam\.gserviceaccount\.com$/,
      'must be the address of a service account; {project} in it stands for the project',
    )
    .optional()
    .meta(
      about(
        'The service account of ours that customers of Google Cloud grant. `{project}` in it stands for the project, where each has one of its own; several organizations need that. Without it Sluice has no identity there and refuses the grant method.',
        'none',
      ),
    ),
  SLUICE_AZURE_CLIENT_ID: guid
    .optional()
    .meta(
      about(
        'Client id of the managed identity that this server runs as, which customers in its own tenant give roles. Without it Sluice has no identity in Azure and refuses the method managed-identity.',
        'none',
      ),
    ),
  SLUICE_AZURE_OBJECT_ID: guid.optional().meta(about('Object (principal) id of that identity: what role assignments name.', 'none')),
  SLUICE_AZURE_TENANT_ID: guid.optional().meta(about('Id of the tenant that the identity is of.', 'none')),
  SLUICE_ALIYUN_PRINCIPAL_ARN: z
    .string()
    .regex(/^acs:ram::\d{5,20}:(role|user)\/[\w.@-]+$/, 'must be the ARN of a RAM role or RAM user')
    .optional()
    .meta(
      about(
        'The RAM role or RAM user of ours that customers of Alibaba Cloud trust. Without it Sluice has no identity there and refuses the role method.',
        'none',
      ),
    ),
  SLUICE_ALIYUN_STS_REGION: z
    .string()
    .regex(/^[a-z]{2}-[a-z0-9-]+$/, 'must be a region such as cn-hangzhou')
    .default('cn-hangzhou')
    .meta(about('Region of Alibaba Cloud whose STS endpoint is called.', '`cn-hangzhou`')),
  SLUICE_TEMPLATE_BUCKET: z
    .string()
    .regex(/^[a-z0-9.-]{3,63}@[a-z0-9-]+$/, 'must be bucket@region')
    .optional()
    .meta(about('Bucket of S3 setup templates are published to, as `bucket@region`.', 'none: quick-create links are not offered')),
  SLUICE_ALIYUN_TEMPLATE_BUCKET: z
    .string()
    .regex(/^[a-z0-9-]{3,63}@[a-z]{2}-[a-z0-9-]+$/, 'must be bucket@region')
    .optional()
    .meta(about('Bucket of OSS that ROS templates are published to, as `bucket@region`.', 'the one of S3')),
  AWS_ACCESS_KEY_ID: z.string().optional().meta(about('Static credentials of our own AWS identity.', 'container or instance credentials')),
  AWS_SECRET_ACCESS_KEY: z
    .string()
    .optional()
    .meta(about('The secret of `AWS_ACCESS_KEY_ID`.', 'none', true)),
  AWS_SESSION_TOKEN: z
    .string()
    .optional()
    .meta(about('The session token of `AWS_ACCESS_KEY_ID`, if it is temporary.', 'none', true)),
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: z
    .string()
    .startsWith('/')
    .optional()
    .meta(about('Where ECS hands out credentials; set by ECS.', 'none')),
  AWS_CONTAINER_CREDENTIALS_FULL_URI: z.url().optional().meta(about('Where EKS Pod Identity hands out credentials; set by EKS.', 'none')),
  AWS_CONTAINER_AUTHORIZATION_TOKEN: z
    .string()
    .optional()
    .meta(about('What to show there; set by AWS.', 'none', true)),
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: z.string().optional().meta(about('A file that holds it; set by AWS.', 'none')),
  AWS_EC2_METADATA_DISABLED: yes.default(false).meta(about("`true` to leave the machine's instance metadata service alone.", '`false`')),
  GOOGLE_APPLICATION_CREDENTIALS: z
    .string()
    .optional()
    .meta(
      about(
        'File with the key of a service account: the one named by `SLUICE_GCP_SERVICE_ACCOUNT`, or one that may act as it.',
        'the service account of the machine',
      ),
    ),
  NO_GCE_CHECK: yes.default(false).meta(about("`true` to leave the metadata service of Google's machines alone.", '`false`')),
  AZURE_FEDERATED_TOKEN_FILE: z
    .string()
    .optional()
    .meta(about('A file with a token that Entra takes for the managed identity; set by AKS.', 'none')),
  IDENTITY_ENDPOINT: z
    .url()
    .optional()
    .meta(about('Where App Service and Container Apps hand out tokens; set by Azure.', 'the metadata service of the machine')),
  IDENTITY_HEADER: z
    .string()
    .optional()
    .meta(about('What to show there; set by Azure.', 'none', true)),
  ALIBABA_CLOUD_ACCESS_KEY_ID: z
    .string()
    .optional()
    .meta(about('AccessKey of our own identity in Alibaba Cloud.', 'a token file, or the role of the ECS instance')),
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: z
    .string()
    .optional()
    .meta(about('The secret of `ALIBABA_CLOUD_ACCESS_KEY_ID`.', 'none', true)),
  ALIBABA_CLOUD_SECURITY_TOKEN: z
    .string()
    .optional()
    .meta(about('The security token of `ALIBABA_CLOUD_ACCESS_KEY_ID`, if it is temporary.', 'none', true)),
  ALIBABA_CLOUD_ROLE_ARN: z
    .string()
    .startsWith('acs:ram::')
    .optional()
    .meta(about('The RAM role of ours that trusts the token in `ALIBABA_CLOUD_OIDC_TOKEN_FILE`; set by ACK.', 'none')),
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: z
    .string()
    .startsWith('acs:ram::')
    .optional()
    .meta(about('The identity provider in RAM that the token is of; set by ACK.', 'none')),
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: z.string().optional().meta(about('The file that holds the token; set by ACK.', 'none')),
  ALIBABA_CLOUD_ROLE_SESSION_NAME: z
    .string()
    .regex(/^[\w.@-]{2,64}$/, 'must be 2 to 64 letters, digits and any of . @ - _')
    .default('sluice')
    .meta(about('What the session of that role is called.', '`sluice`')),
  ALIBABA_CLOUD_ECS_METADATA: z.string().optional().meta(about('The RAM role that the ECS instance carries.', 'asked of the instance')),
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: yes
    .default(false)
    .meta(about("`true` to leave the ECS instance's metadata service alone.", '`false`')),
  SLUICE_EGRESS_ALLOW_HOSTS: list
    .default([])
    .meta(about('Hosts, or `*.suffix`, that connections may reach at private addresses and over plain http.', 'none')),
  SLUICE_EGRESS_ALLOW_ADDRESSES: ranges
    .default([])
    .meta(about('Private address ranges that connections may reach, as CIDR blocks.', 'none')),
  SLUICE_ROUTES: routes
    .default([])
    .meta(about('Hosts whose requests go to a loopback port, as `*.amazonaws.com=http://127.0.0.1:PORT`: for the lab.', 'none')),
  SLUICE_RECHECK_HOURS: count(0, 8_760)
    .default(24)
    .meta(about('Hours after which a connection that holds is validated again by itself; 0 for never.', '`24`')),
  SLUICE_WEBHOOK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta(about('Where changes of the health of connections are told, as a POST of JSON.', 'nowhere: the audit events have them')),
  SLUICE_WEBHOOK_SECRET: z
    .string()
    .min(16)
    .optional()
    .meta(about('Key of the signature that what is told there carries.', 'none: it is not signed', true)),
  SLUICE_LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .meta(about('`silent`, `error`, `warn`, `info` or `debug`.', '`info`; `warn` when started at a terminal')),
  SLUICE_MAX_BODY_BYTES: count(1_000, 100_000_000).default(1_000_000).meta(about('Largest request body.', '`1000000`')),
  SLUICE_REQUEST_SECONDS: count(1, 3_600).default(60).meta(about('How long a request that does not stream may take.', '`60`')),
  SLUICE_SHUTDOWN_SECONDS: count(0, 3_600)
    .default(30)
    .meta(about('How long running queries may go on when the server is told to stop.', '`30`')),
  SLUICE_QUERY_MEMORY_BYTES: count(64_000_000, 2 ** 40)
    .default(8 * 2 ** 30)
    .meta(about('Memory one query may ask for; 1 GiB unless it asks.', '8 GiB')),
  SLUICE_QUERY_DISK_BYTES: count(1_000_000, 2 ** 50)
    .default(256 * 2 ** 30)
    .meta(about('Disk one query may ask for; 16 GiB unless it asks.', '256 GiB')),
  SLUICE_QUERY_ROWS: count(1, 100_000_000)
    .default(1_000_000)
    .meta(about('Rows one statement may ask for; 10,000 unless it asks.', '`1000000`')),
  SLUICE_QUERY_SECONDS: count(1, 86_400).default(3_600).meta(about('How long one statement may ask to run; 300 unless it asks.', '`3600`')),
  SLUICE_QUERY_THREADS: count(1, 256).default(16).meta(about('Threads one query may ask for; 2 unless it asks.', '`16`')),
  SLUICE_QUERY_WORKERS: count(1, 256).default(4).meta(about('Queries that run at a time; more of them wait.', '`4`')),
})

export type Settings = z.output<typeof SETTINGS>

/** A row of docs/config.md. */
export interface SettingRow {
  readonly name: string
  readonly about: string
  readonly fallback: string
  readonly secret: boolean
}

/** The settings as documentation. */
export function settingRows(): readonly SettingRow[] {
  return Object.entries(SETTINGS.shape).map(([name, schema]) => {
    const meta = schema.meta() ?? {}
    return { name, about: meta.description ?? '', fallback: String(meta['fallback']), secret: meta['secret'] === true }
  })
}
