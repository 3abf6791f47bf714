import type { ConnectionSettings, StoreCapabilities, StorePreset } from '@sluice/core'
import { LISTING_V2, type ListingForm } from '../store/listing.ts'

/** What an S3-compatible store needs of us, and what it can be relied on for. All of it is data: no store has code of its own. */
export interface S3Preset extends StorePreset {
  /** Region that signatures name where the connection names none; `host`: the one in the endpoint's host name. */
  readonly signs: 'us-east-1' | 'auto' | 'host'
  readonly addressing: NonNullable<ConnectionSettings['addressing']>
  readonly listing: ListingForm
  readonly capabilities: StoreCapabilities
  /** How the store grants access, and so what the setup is made of. */
  readonly grants: 'minio' | 'bucket-policy' | 'iam' | 'token' | 'any'
  /** Where its admin does that, for people. */
  readonly where: string
  /** What the admin does where neither policy nor script of ours fits. `{buckets}` stands for the buckets, `{rights}` for what is granted. */
  readonly token?: string
  /** What a token reaches at least. */
  readonly reach?: 'bucket' | 'prefix'
}

/** What stores of the S3 protocol can be relied on for, as long as nothing more is known of them. */
export const S3_CAPABILITIES: StoreCapabilities = {
  presign: true,
  // Some stores ignore If-None-Match on a put and overwrite: better not promised at all.
  conditionalPut: false,
  versions: true,
  listStartAfter: true,
  multipart: true,
  minPartBytes: 5 * 1024 * 1024,
  maxParts: 10_000,
  maxKeysPerPage: 1_000,
}

const COMMON = { signs: 'host', addressing: 'path', listing: LISTING_V2, capabilities: S3_CAPABILITIES } as const

/** The stores known by name. Facts are the vendors' own; what none of them states is left at the careful default. */
export const S3_PRESETS: readonly S3Preset[] = [
  {
    ...COMMON,
    id: 'minio',
    label: 'MinIO',
    signs: 'us-east-1',
    // Releases before 2024 ignore If-None-Match on a put, and nothing says which release answers.
    grants: 'minio',
    where: 'MinIO, by its client mc or its console',
  },
  {
    ...COMMON,
    id: 'ceph',
    label: 'Ceph RADOS gateway',
    signs: 'us-east-1',
    capabilities: { ...S3_CAPABILITIES, conditionalPut: true },
    grants: 'bucket-policy',
    where: 'the Ceph cluster, by radosgw-admin, and the policies of its buckets',
  },
  {
    ...COMMON,
    id: 'r2',
    label: 'Cloudflare R2',
    endpoint: 'https://{account}.r2.cloudflarestorage.com',
    hosts: /^[0-9a-f]{32}(?:\.(?:eu|fedramp))?\.r2\.cloudflarestorage\.com$/,
    signs: 'auto',
    // https://developers.cloudflare.com/r2/api/s3/api/ and https://developers.cloudflare.com/r2/objects/multipart-objects/
    capabilities: { ...S3_CAPABILITIES, conditionalPut: true, versions: false, equalParts: true },
    grants: 'token',
    where: 'the Cloudflare dashboard, R2, Manage API tokens',
    token: 'Create an API token with {rights}, applied to {buckets} only. Its S3 credentials are shown once.',
    reach: 'bucket',
  },
  {
    ...COMMON,
    id: 'wasabi',
    label: 'Wasabi',
    endpoint: 'https://s3.{region}.wasabisys.com',
    hosts: /^s3(?:\.([a-z]{2}-[a-z]+-\d))?\.wasabisys\.com$/,
    grants: 'iam',
    where: 'the Wasabi console, Users and Policies',
  },
  {
    ...COMMON,
    id: 'b2',
    label: 'Backblaze B2',
    endpoint: 'https://s3.{region}.backblazeb2.com',
    hosts: /^s3\.([a-z]{2}-[a-z]+-\d{3})\.backblazeb2\.com$/,
    grants: 'token',
    where: 'the Backblaze console, Application Keys, or the command line b2',
    token:
      'Create an application key (not the master key) for {buckets} with {rights}, and the folder as its file name prefix. Its secret is shown once.',
    reach: 'prefix',
  },
  {
    ...COMMON,
    id: 'spaces',
    label: 'DigitalOcean Spaces',
    endpoint: 'https://{region}.digitaloceanspaces.com',
    hosts: /^([a-z]{3}\d)\.digitaloceanspaces\.com$/,
    grants: 'token',
    where: 'the DigitalOcean control panel, Spaces, Access Keys',
    token: 'Create an access key with limited access: {rights} on {buckets}. Its secret is shown once.',
    reach: 'bucket',
  },
  {
    ...COMMON,
    id: 'cos',
    label: 'Tencent COS',
    endpoint: 'https://cos.{region}.myqcloud.com',
    hosts: /^cos\.([a-z]{2}-[a-z]+(?:-\d+)?)\.myqcloud\.com$/,
    // https://www.tencentcloud.com/document/product/436/34688 and https://rclone.org/s3/#tencent-cos
    addressing: 'virtual-host',
    listing: { version: 1, isEncoded: true },
    grants: 'token',
    where: 'the Tencent Cloud console, Cloud Access Management',
    token: 'Create a sub-user with programmatic access and a custom policy for COS that allows {rights} on {buckets}; give its key pair.',
    reach: 'prefix',
  },
  {
    ...COMMON,
    id: 'obs',
    label: 'Huawei OBS',
    endpoint: 'https://obs.{region}.myhuaweicloud.com',
    hosts: /^obs\.([a-z]{2}-[a-z]+-\d+)\.myhuaweicloud\.com$/,
    addressing: 'virtual-host',
    // https://rclone.org/s3/#huawei-obs
    listing: { version: 1, isEncoded: false },
    grants: 'token',
    where: 'the Huawei Cloud console, Identity and Access Management',
    token: 'Create a user with programmatic access and a custom policy for OBS that allows {rights} on {buckets}; give its access key.',
    reach: 'prefix',
  },
  {
    ...COMMON,
    id: 'scaleway',
    label: 'Scaleway Object Storage',
    endpoint: 'https://s3.{region}.scw.cloud',
    hosts: /^s3\.([a-z]{2}-[a-z]{3})\.scw\.cloud$/,
    // https://www.scaleway.com/en/docs/object-storage/api-cli/multipart-uploads/
    capabilities: { ...S3_CAPABILITIES, maxParts: 1_000 },
    grants: 'token',
    where: 'the Scaleway console, IAM, Applications',
    token: 'Create an application with a policy that allows {rights}, an API key for it, and a bucket policy that limits it to {buckets}.',
    reach: 'bucket',
  },
  {
    ...COMMON,
    id: 'oracle',
    label: 'Oracle Cloud Object Storage',
    endpoint: 'https://{namespace}.compat.objectstorage.{region}.oraclecloud.com',
    hosts: /^[a-z0-9]+\.compat\.objectstorage\.([a-z]{2}-[a-z]+-\d)\.(?:oraclecloud\.com|oci\.customer-oci\.com)$/,
    capabilities: { ...S3_CAPABILITIES, versions: false },
    grants: 'token',
    where: 'the Oracle Cloud console, Identity, Users, Customer Secret Keys',
    token: 'Create a user in a group whose policy allows {rights} on {buckets}, and a customer secret key for it.',
    reach: 'bucket',
  },
]

/** A store of which nothing is known but its endpoint. */
export const ANY_STORE: S3Preset = {
  ...COMMON,
  id: 'any',
  label: 'S3-compatible store',
  signs: 'us-east-1',
  grants: 'any',
  where: 'the access policies of the store',
}
