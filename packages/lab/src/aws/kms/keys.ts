import type { PolicyDocument } from '@sluice/core'
import { partitionOf, rootArn } from '../arn.ts'
import { uuid } from '../../state/uuid.ts'
import type { Caller } from '../caller.ts'
import { storePolicy } from '../state/principals.ts'
import type { AwsState, KmsKey } from '../state/types.ts'

/** The policy a new key gets: the account decides by identity policies. */
export function defaultKeyPolicy(accountId: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      { Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: rootArn(accountId) }, Action: 'kms:*', Resource: '*' },
    ],
  }
}

/** The account's aws/s3 key in a region, made when first needed: anybody of the account may use it through S3, nobody else. */
export function managedS3Key(state: AwsState, accountId: string, region: string): KmsKey {
  const found = [...state.keys.values()].find((key) => key.alias === 'alias/aws/s3' && key.accountId === accountId && key.region === region)
  return (
    found ??
    addKey(state, {
      accountId,
      region,
      manager: 'AWS',
      alias: 'alias/aws/s3',
      policy: {
        Version: '2012-10-17',
        Id: 'auto-s3-2',
        Statement: [
          {
            Sid: 'Allow access through S3 for all principals in the account that are authorized to use S3',
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
            Resource: '*',
            Condition: { StringEquals: { 'kms:CallerAccount': accountId, 'kms:ViaService': `s3.${region}.amazonaws.com` } },
          },
        ],
      },
    })
  )
}

export interface KeyInput {
  readonly accountId: string
  readonly region: string
  readonly id?: string
  readonly alias?: string
  readonly policy?: PolicyDocument
  readonly manager?: KmsKey['manager']
  readonly state?: KmsKey['state']
}

/** Makes a key, or replaces the one of that id. */
export function addKey(state: AwsState, input: KeyInput): KmsKey {
  const id = input.id ?? uuid(state.random)
  const key: KmsKey = {
    arn: `arn:${partitionOf(input.region)}:kms:${input.region}:${input.accountId}:key/${id}`,
    id,
    accountId: input.accountId,
    region: input.region,
    manager: input.manager ?? 'CUSTOMER',
    createdAt: state.clock.now(),
    alias: input.alias,
    policy: storePolicy(state, input.policy ?? defaultKeyPolicy(input.accountId)),
    state: input.state ?? 'Enabled',
    grants: new Map(),
  }
  state.keys.set(key.arn, key)
  return key
}

/** Whether a grant lets the caller use a key: one that stands beside the key's policy, and that neither policy has to repeat. */
export function isGranted(key: KmsKey, { principal }: Caller, action: string): boolean {
  const arn = principal.kind === 'role-session' ? principal.roleArn : principal.kind === 'user' ? principal.arn : undefined
  const operation = action.slice(action.indexOf(':') + 1)
  return [...key.grants.values()].some((grant) => grant.grantee === arn && grant.operations.includes(operation))
}
