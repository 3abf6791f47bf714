import type { Json } from '@sluice/core'
import { expect, it } from 'vitest'
import { managedPolicy } from '../caller.ts'
import { issuers } from '../../oidc/issuers.ts'
import { emptyState } from '../state/state.ts'
import { applyTemplate } from './apply.ts'

const ACCOUNT = '987654321987'
const newState = () =>
  emptyState(
    { now: () => 0, sleep: async () => {} },
    { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0 },
    issuers(),
  )

const statement = (more: { readonly [key: string]: Json }): Json => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] })
const trust = statement({
  Principal: { AWS: { Ref: 'Platform' } },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
})

const template: { readonly [section: string]: Json } = {
  Parameters: {
    Platform: { Type: 'String', Default: '123456789012' },
    ExternalId: { Type: 'String', AllowedPattern: '[a-z-]+' },
    Bucket: { Type: 'String', Default: 'data' },
    Boundary: { Type: 'String', Default: '' },
  },
  Conditions: { HasBoundary: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Boundary' }, ''] }] } },
  Resources: {
    // Refers to what comes after it.
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: { 'Fn::Join': ['-', ['sluice', { Ref: 'Bucket' }]] },
        AssumeRolePolicyDocument: trust,
        ManagedPolicyArns: [{ Ref: 'Policy' }],
        PermissionsBoundary: { 'Fn::If': ['HasBoundary', { Ref: 'Boundary' }, { Ref: 'AWS::NoValue' }] },
      },
    },
    Policy: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        ManagedPolicyName: 'data',
        PolicyDocument: statement({
          Action: 's3:GetObject',
          Resource: { 'Fn::Sub': ['${Arn}/*', { Arn: { 'Fn::GetAtt': ['Data', 'Arn'] } }] },
        }),
      },
    },
    Data: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: { Ref: 'Bucket' },
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        VersioningConfiguration: { Status: 'Enabled' },
        Tags: [{ Key: 'a', Value: 'b' }],
      },
    },
    DataPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Data' },
        PolicyDocument: statement({
          Principal: { AWS: { 'Fn::GetAtt': 'Role.Arn' } },
          Action: 's3:GetObject',
          Resource: { 'Fn::Sub': '${Data.Arn}/*' },
        }),
      },
    },
    Never: { Type: 'AWS::IAM::User', Condition: 'HasBoundary', Properties: {} },
  },
  Outputs: {
    RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    Where: { Value: { 'Fn::Sub': '${AWS::Region} ${AWS::AccountId} ${AWS::Partition} ${!kept}' } },
    Never: { Condition: 'HasBoundary', Value: 'x' },
  },
}
const apply = (
  state = newState(),
  body: unknown = template,
  parameters: { readonly [name: string]: string } = { ExternalId: 'sluice-x' },
) => applyTemplate(state, ACCOUNT, JSON.stringify(body), parameters, 'us-west-2')

it('makes what a template describes, in whatever order it stands there', () => {
  const state = newState()
  expect(apply(state)).toEqual({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/sluice-data`, Where: `us-west-2 ${ACCOUNT} aws \${kept}` })
  const role = state.accounts.get(ACCOUNT)?.roles.latest('sluice-data')
  expect(role?.trust.document).toMatchObject({
    Statement: [{ Principal: { AWS: '123456789012' }, Condition: { StringEquals: { 'sts:ExternalId': 'sluice-x' } } }],
  })
  expect(role?.boundary).toBeUndefined()
  expect(managedPolicy(state, role?.attached[0] ?? '')?.document).toMatchObject({ Statement: [{ Resource: 'arn:aws:s3:::data/*' }] })
  expect(state.buckets.get('data')).toMatchObject({
    region: 'us-west-2',
    versioning: 'Enabled',
    tags: { a: 'b' },
    policy: { document: { Statement: [{ Resource: 'arn:aws:s3:::data/*' }] } },
  })
  expect(state.accounts.get(ACCOUNT)?.users.names()).toEqual([])
})

it('makes users with policies and keys', () => {
  const state = newState()
  const outputs = apply(
    state,
    {
      Resources: {
        User: { Type: 'AWS::IAM::User', Properties: { UserName: 'sluice' } },
        Own: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'p', PolicyDocument: statement({ Action: 's3:GetObject', Resource: '*' }), Users: [{ Ref: 'User' }] },
        },
        Key: { Type: 'AWS::IAM::AccessKey', DependsOn: 'Own', Properties: { UserName: { Ref: 'User' } } },
      },
      Outputs: { Id: { Value: { Ref: 'Key' } }, Secret: { Value: { 'Fn::GetAtt': ['Key', 'SecretAccessKey'] } } },
    },
    {},
  )
  expect(state.accounts.get(ACCOUNT)?.accessKeys.get(outputs['Id'] ?? '')).toMatchObject({ userName: 'sluice', secret: outputs['Secret'] })
  expect([...(state.accounts.get(ACCOUNT)?.users.latest('sluice')?.inline.keys() ?? [])]).toEqual(['p'])
})

it('leaves nothing behind when it fails', () => {
  const state = newState()
  const broken = { ...template, Outputs: { Bad: { Value: { Ref: 'Missing' } } } }
  expect(() => apply(state, broken)).toThrow('Unresolved resource dependencies [Missing]')
  expect(state.buckets.size).toBe(0)
  expect(state.accounts.get(ACCOUNT)?.roles.names()).toEqual([])
  expect(state.accounts.get(ACCOUNT)?.policies.size).toBe(0)
  apply(state)
  expect(() => apply(state)).toThrow('already exists')
  expect(state.buckets.get('data')?.policy).toBeDefined()
})

const resource = (Type: string, Properties: { readonly [name: string]: Json }) => ({ Resources: { X: { Type, Properties } } })
it.each([
  ['a value for every parameter', template, {}, 'Parameters: [ExternalId] must have values'],
  ['values that fit', template, { ExternalId: 'NO' }, 'failed to satisfy constraint'],
  ['no parameter it does not declare', template, { ExternalId: 'x', Other: 'x' }, 'Parameters: [Other] do not exist in the template'],
  ['resource types it knows', resource('AWS::EC2::Instance', {}), {}, 'The lab does not implement the resource type AWS::EC2::Instance.'],
  [
    'properties it knows',
    resource('AWS::S3::Bucket', { LifecycleConfiguration: {} }),
    {},
    'The lab does not implement the property LifecycleConfiguration of AWS::S3::Bucket.',
  ],
  [
    'functions it knows',
    resource('AWS::S3::Bucket', { BucketName: { 'Fn::Base64': 'x' } }),
    {},
    'The lab does not implement Fn::Base64 in templates.',
  ],
  [
    'no circles',
    resource('AWS::S3::Bucket', { BucketName: { 'Fn::GetAtt': ['X', 'Arn'] } }),
    {},
    'Circular dependency between resources: [X]',
  ],
  ['policies AWS would take', resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: 'x' } }), {}, 'Statement'],
] as const)('asks for %s', (_, body, parameters, message) => {
  expect(() => apply(newState(), body, parameters)).toThrow(message)
})
