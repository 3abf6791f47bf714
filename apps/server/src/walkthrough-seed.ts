import { join } from 'node:path'
import type { LabSeed } from '@sluice/lab'
import { dataFolder } from './demo/seed.ts'

/** The keys of AWS's own documentation: known to everybody, and good for nothing but the lab. */
const PLATFORM_KEY = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const ADMIN_KEY = { id: 'AKIAI44QH8DHBEXAMPLE', secret: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY' }

/** Keys of Alibaba Cloud that are good for nothing but the lab either. */
const ALIYUN_PLATFORM_KEY = { id: 'LTAI5tExamplePlatform000', secret: 'ExamplePlatformSecretExample00' }
const ALIYUN_ADMIN_KEY = { id: 'LTAI5tExampleAdminKey000', secret: 'ExampleAdminSecretForTheLab000' }

/** Who is who in a lab that was started without a seed. */
export const WALKTHROUGH = {
  platform: { account: '123456789012', principalArn: 'arn:aws:iam::123456789012:user/sluice', key: PLATFORM_KEY },
  customer: { account: '987654321987', adminArn: 'arn:aws:iam::987654321987:user/admin', key: ADMIN_KEY, bucket: 'test-bucket-123' },
  google: {
    project: 'acme-data',
    number: '123456789012',
    admin: 'admin@acme.example',
    bucket: 'acme-lake',
    platform: { project: 'sluice-platform', account: 'sluice' },
  },
  aliyun: {
    platform: { uid: '1234567890123456', key: ALIYUN_PLATFORM_KEY },
    customer: { uid: '9876543210987654', key: ALIYUN_ADMIN_KEY, bucket: 'acme-lake', region: 'cn-beijing' },
  },
  azure: {
    tenantId: '11111111-1111-4111-8111-111111111111',
    subscriptionId: '22222222-2222-4222-8222-222222222222',
    resourceGroup: 'acme',
    account: 'acmelake',
    container: 'lake',
    identity: { clientId: '5c1e4f3a-9d2b-4c6e-8f7a-1b2c3d4e5f60', principalId: '7d2f5e4b-0e3c-4d7f-9a8b-2c3d4e5f6071' },
  },
  region: 'us-west-2',
} as const
export type Walkthrough = typeof WALKTHROUGH

/**
 * What a lab begins with unless told: our user, and a customer with an admin, a bucket with files in it, and the role that the SQL of the
 * README assumes. The connection of the walk-through still has everything to do.
 */
export function walkthroughSeed(): LabSeed {
  const { platform, customer, region } = WALKTHROUGH
  const flights = join(dataFolder(), 'flights-3m.parquet')
  return {
    accounts: [
      {
        id: platform.account,
        name: 'the platform',
        users: [{ name: 'sluice', policies: { assume: allow('sts:AssumeRole', '*') }, accessKeys: [PLATFORM_KEY] }],
      },
      {
        id: customer.account,
        name: 'the customer',
        users: [{ name: 'admin', policies: { admin: allow('*', '*') }, accessKeys: [ADMIN_KEY] }],
        roles: [
          {
            name: 'lake-test',
            trust: {
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { AWS: `arn:aws:iam::${platform.account}:root` },
                  Action: 'sts:AssumeRole',
                  Condition: { StringEquals: { 'sts:ExternalId': 'my-external-id-123' } },
                },
              ],
            },
            policies: {
              list: allow('s3:ListBucket', `arn:aws:s3:::${customer.bucket}`),
              read: allow('s3:GetObject', `arn:aws:s3:::${customer.bucket}/*`),
            },
          },
        ],
        buckets: [
          {
            name: customer.bucket,
            region,
            objects: [
              { key: 'test.parquet', file: flights },
              { key: 'data/test.parquet', file: flights },
              { key: 'data/airports.csv', file: join(dataFolder(), 'airports.csv') },
              { key: 'other/not-asked-for.csv', text: 'name,salary\nnobody,0\n' },
            ],
          },
        ],
      },
    ],
    azure: azureSeed(flights),
    gcp: { projects: googleProjects(flights) },
    aliyun: { accounts: aliyunAccounts(flights) },
  }
}

/** The same in Google Cloud: an account of ours, and a customer's project with an admin and a bucket. */
function googleProjects(flights: string): NonNullable<LabSeed['gcp']>['projects'] {
  const { google } = WALKTHROUGH
  const { project, account } = google.platform
  const email = `${account}@${project}.iam.gserviceaccount.com`
  const member = `user:${google.admin}`
  return [
    {
      id: project,
      // Signing URLs as itself is asked of IAM like any other signing.
      serviceAccounts: [{ id: account, bindings: [{ role: 'roles/iam.serviceAccountTokenCreator', member: `serviceAccount:${email}` }] }],
    },
    {
      id: google.project,
      number: google.number,
      bindings: [{ role: 'roles/owner', member }],
      buckets: [
        {
          name: google.bucket,
          location: 'EUROPE-WEST3',
          bindings: [{ role: 'roles/storage.admin', member }],
          objects: lakeObjects(flights),
        },
      ],
    },
  ]
}

/** The same in Azure: a managed identity of ours, and a storage account of a customer in its tenant. */
function azureSeed(flights: string): NonNullable<LabSeed['azure']> {
  const { tenantId, subscriptionId, resourceGroup, account, container, identity } = WALKTHROUGH.azure
  const blobs = lakeObjects(flights).map(({ key, ...body }) => ({ name: key, ...body }))
  return {
    storageAccounts: [{ name: account, tenantId, subscriptionId, resourceGroup, containers: [{ name: container, blobs }] }],
    managedIdentities: [{ name: 'sluice', tenantId, ...identity }],
  }
}

/** The same in Alibaba Cloud: a user of ours, and a customer with an admin and a bucket. */
function aliyunAccounts(flights: string): NonNullable<LabSeed['aliyun']>['accounts'] {
  const { platform, customer } = WALKTHROUGH.aliyun
  return [
    {
      uid: platform.uid,
      name: 'the platform',
      users: [{ name: 'sluice', attached: ['AliyunSTSAssumeRoleAccess'], accessKeys: [platform.key] }],
    },
    {
      uid: customer.uid,
      name: 'the customer',
      users: [{ name: 'admin', attached: ['AdministratorAccess'], accessKeys: [customer.key] }],
      buckets: [{ name: customer.bucket, region: customer.region, objects: lakeObjects(flights) }],
    },
  ]
}

function lakeObjects(flights: string) {
  return [
    { key: 'data/test.parquet', file: flights },
    { key: 'data/airports.csv', file: join(dataFolder(), 'airports.csv') },
    { key: 'other/not-asked-for.csv', text: 'name,salary\nnobody,0\n' },
  ]
}

function allow(action: string, resource: string) {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] }
}
