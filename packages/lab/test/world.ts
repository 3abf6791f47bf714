import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { S3Client } from '@aws-sdk/client-s3'
import { IAMClient } from '@aws-sdk/client-iam'
import type { PolicyDocument } from '@sluice/core'
import { startLab, type Lab, type LabCredentials, type LabOptions } from '../src/index.ts'

export const PLATFORM = '123456789012'
export const CUSTOMER = '987654321987'
export const PLATFORM_ROLE = `arn:aws:iam::${PLATFORM}:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg`
export const CUSTOMER_ROLE = `arn:aws:iam::${CUSTOMER}:role/lake-test`
export const BUCKET = 'test-bucket-123'
export const REGION = 'us-west-2'
export const EXTERNAL_ID = 'my-external-id-123'

export const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess'

export function allow(action: string | readonly string[], resource: string | readonly string[], more: PolicyDocument = {}): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource, ...more }] }
}

export const TRUST: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: PLATFORM_ROLE },
      Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } },
      Action: 'sts:AssumeRole',
    },
  ],
}

/** A platform with a role, a customer with an admin, a role for the platform and a bucket: the world of the seeds. */
export interface World {
  readonly lab: Lab
  /** Of the platform's own role. */
  readonly platform: LabCredentials
  /** Of the customer's admin user. */
  readonly admin: LabCredentials
}

export async function startWorld(options: LabOptions = {}): Promise<World> {
  const lab = await startLab(options)
  const { aws } = lab
  aws.putRole(PLATFORM, {
    name: 'xxxxxxx-tnabcdefg',
    path: '/xxxxxxx/tnabcdefg/',
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: { assume: allow('sts:AssumeRole', '*') },
    maxSessionDuration: 43_200,
  })
  aws.putUser(CUSTOMER, { name: 'admin', attached: [ADMIN] })
  aws.putRole(CUSTOMER, {
    name: 'lake-test',
    trust: TRUST,
    policies: {
      'lake-test': {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
          { Effect: 'Allow', Action: 's3:*Object', Resource: `arn:aws:s3:::${BUCKET}/*` },
        ],
      },
    },
    maxSessionDuration: 43_200,
  })
  aws.createBucket(CUSTOMER, { name: BUCKET, region: REGION })
  return { lab, platform: aws.issueSession(PLATFORM_ROLE), admin: aws.createAccessKey(CUSTOMER, 'admin') }
}

/** Options of an SDK client that talks to the lab's own address and never retries. */
export function clientOptions(lab: Lab, credentials: LabCredentials, region = REGION) {
  return { endpoint: lab.url, region, credentials, maxAttempts: 1 }
}

export function s3(lab: Lab, credentials: LabCredentials, region = REGION): S3Client {
  return new S3Client({ ...clientOptions(lab, credentials, region), forcePathStyle: true })
}

export function sts(lab: Lab, credentials: LabCredentials): STSClient {
  return new STSClient(clientOptions(lab, credentials))
}

export function iam(lab: Lab, credentials: LabCredentials): IAMClient {
  return new IAMClient(clientOptions(lab, credentials, 'us-east-1'))
}

export async function whoami(lab: Lab, credentials: LabCredentials): Promise<string | undefined> {
  const answer = await sts(lab, credentials).send(new GetCallerIdentityCommand())
  return answer.Arn
}

/** What an SDK's error says about AWS's answer. */
export interface Refusal {
  readonly status: number | undefined
  readonly code: string
  readonly message: string
}

/** The refusal a call ends with; fails when the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const metadata = '$metadata' in error ? error.$metadata : undefined
    const status =
      typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? Number(metadata.httpStatusCode) : undefined
    return { status, code: error.name, message: error.message }
  }
  throw new Error('The call was expected to be refused')
}
