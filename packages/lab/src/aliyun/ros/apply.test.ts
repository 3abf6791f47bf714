import type { Json } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { issuers } from '../../oidc/issuers.ts'
import { emptyAliyun } from '../state/state.ts'
import type { AliyunState } from '../state/types.ts'
import { applyRosTemplate } from './apply.ts'

const UID = '9876543210987654'
const newState = (): AliyunState =>
  emptyAliyun(
    { now: () => 0, sleep: async () => {} },
    { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)), fraction: () => 0 },
    issuers(),
  )

const trust = {
  Version: '1',
  Statement: [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { RAM: [{ 'Fn::Sub': 'acs:ram::${PlatformUid}:root' }] },
      Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
    },
  ],
}

const read = (bucket: Json): Json => ({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: ['oss:GetObject'], Resource: [{ 'Fn::Join': ['', ['acs:oss:*:*:', bucket, '/*']] }] }],
})

const template: { readonly [section: string]: Json } = {
  ROSTemplateFormatVersion: '2015-09-01',
  Parameters: {
    PlatformUid: { Type: 'String', Default: '1234567890123456' },
    ExternalId: { Type: 'String', AllowedPattern: '[a-z0-9-]+' },
    Bucket: { Type: 'String', Default: 'data' },
    Fingerprints: { Type: 'CommaDelimitedList', Default: `${'ab'.repeat(20)}, ${'cd'.repeat(20)}` },
  },
  Resources: {
    Role: {
      Type: 'ALIYUN::RAM::Role',
      Properties: {
        RoleName: 'Sluice',
        AssumeRolePolicyDocument: trust,
        Policies: [{ PolicyName: 'inline', PolicyDocument: read({ Ref: 'Bucket' }) }],
        PolicyAttachments: { System: ['AliyunOSSReadOnlyAccess'] },
      },
    },
    Policy: {
      Type: 'ALIYUN::RAM::ManagedPolicy',
      Properties: { PolicyName: 'sluice', PolicyDocument: read('other'), Roles: [{ Ref: 'Role' }] },
    },
    User: { Type: 'ALIYUN::RAM::User', Properties: { UserName: 'exporter' } },
    Key: { Type: 'ALIYUN::RAM::AccessKey', Properties: { UserName: { Ref: 'User' } } },
    Attach: {
      Type: 'ALIYUN::RAM::AttachPolicyToUser',
      DependsOn: 'User',
      Properties: { UserName: 'exporter', PolicyName: { 'Fn::GetAtt': ['Policy', 'PolicyName'] }, PolicyType: 'Custom' },
    },
    Provider: {
      Type: 'ALIYUN::RAM::OIDCProvider',
      Properties: {
        OIDCProviderName: 'sluice',
        IssuerUrl: 'https://sluice.example',
        ClientIds: ['sts.aliyuncs.com'],
        Fingerprints: { Ref: 'Fingerprints' },
      },
    },
    Lake: { Type: 'ALIYUN::OSS::Bucket', Properties: { BucketName: { Ref: 'Bucket' }, AccessControl: 'private' } },
  },
  Outputs: {
    RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    AccessKeyId: { Value: { 'Fn::GetAtt': ['Key', 'AccessKeyId'] } },
    Domain: { Value: { 'Fn::GetAtt': ['Lake', 'DomainName'] } },
    Account: { Value: { Ref: 'ALIYUN::TenantId' } },
  },
}

const apply = (state: AliyunState, change: { readonly [section: string]: Json } = {}, parameters = { ExternalId: 'id-1' }) =>
  applyRosTemplate(state, UID, JSON.stringify({ ...template, ...change }), parameters)

it('makes what a template says and gives its outputs', () => {
  const state = newState()
  const outputs = apply(state)
  const account = state.accounts.get(UID)
  expect(outputs).toEqual({
    RoleArn: `acs:ram::${UID}:role/sluice`,
    AccessKeyId: [...(account?.accessKeys.keys() ?? [])][0],
    Domain: 'data.oss-cn-hangzhou.aliyuncs.com',
    Account: UID,
  })
  expect(account?.roles.latest('sluice')).toMatchObject({
    trust: { Statement: [{ Condition: { StringEquals: { 'sts:ExternalId': 'id-1' } } }] },
    attached: [
      { type: 'Custom', name: 'inline' },
      { type: 'System', name: 'AliyunOSSReadOnlyAccess' },
      { type: 'Custom', name: 'sluice' },
    ],
  })
  expect(account?.policies.get('inline')?.document).toMatchObject({ Statement: [{ Resource: ['acs:oss:*:*:data/*'] }] })
  expect(account?.users.latest('exporter')?.attached).toEqual([{ type: 'Custom', name: 'sluice' }])
  expect(account?.oidcProviders.get('sluice')).toMatchObject({ issuer: 'https://sluice.example', clientIds: ['sts.aliyuncs.com'] })
  expect(state.buckets.get('data')).toMatchObject({ accountId: UID, region: 'cn-hangzhou', acl: 'private' })
})

describe('refuses', () => {
  const one = (type: string, properties: Json): { readonly Resources: Json; readonly Outputs: Json } => ({
    Resources: { One: { Type: type, Properties: properties } },
    Outputs: {},
  })

  it.each<readonly [string, { readonly [section: string]: Json }, string]>([
    ['a template of another version', { ROSTemplateFormatVersion: '2010-09-09' }, 'InvalidTemplate'],
    ['a section it does not know', { Mappings: {} }, 'NotImplemented'],
    ['a resource it does not know', one('ALIYUN::ECS::Instance', {}), 'NotImplemented'],
    ['a property it does not know', one('ALIYUN::OSS::Bucket', { BucketName: 'b-1', WebsiteConfiguration: {} }), 'NotImplemented'],
    ['a resource without its name', one('ALIYUN::RAM::User', {}), 'StackValidationFailed'],
    [
      'a provider without fingerprints',
      one('ALIYUN::RAM::OIDCProvider', { OIDCProviderName: 'x', IssuerUrl: 'https://x.example' }),
      'StackValidationFailed',
    ],
    [
      'a policy that is malformed',
      one('ALIYUN::RAM::ManagedPolicy', { PolicyName: 'x', PolicyDocument: { Version: '2012-10-17' } }),
      'MalformedPolicyDocument',
    ],
    [
      'a policy that is not there',
      one('ALIYUN::RAM::AttachPolicyToRole', { PolicyName: 'x', PolicyType: 'Custom', RoleName: 'x' }),
      'EntityNotExist.Policy',
    ],
    ['a user that is not there', one('ALIYUN::RAM::AccessKey', { UserName: 'x' }), 'EntityNotExist.User'],
  ])('%s', (_, change, code) => {
    expect(() => apply(newState(), change)).toThrow(expect.objectContaining({ code }))
  })

  it('a parameter that is missing, wrong or not declared', () => {
    const state = newState()
    const body = JSON.stringify(template)
    for (const parameters of [{}, { ExternalId: 'Not This' }, { ExternalId: 'a', Other: 'b' }])
      expect(() => applyRosTemplate(state, UID, body, parameters)).toThrow(expect.objectContaining({ code: 'InvalidParameter' }))
  })
})

it('takes back what it made when a later resource fails', () => {
  const state = newState()
  const resources = { ...Object(template['Resources']), Late: { Type: 'ALIYUN::RAM::User', Properties: { UserName: 'exporter' } } }
  expect(() => apply(state, { Resources: resources })).toThrow('already exists')
  const account = state.accounts.get(UID)
  expect(account?.roles.names()).toEqual([])
  expect(account?.users.names()).toEqual([])
  expect([account?.policies.size, account?.accessKeys.size, account?.oidcProviders.size, state.buckets.size]).toEqual([0, 0, 0, 0])
})
