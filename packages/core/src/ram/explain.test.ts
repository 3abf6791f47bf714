import { expect, it } from 'vitest'
import { isAccessError } from '../error.ts'
import type { NamedPolicy } from '../policy/types.ts'
import { compileRam } from './compile.ts'
import { evaluateRam } from './evaluate.ts'
import { parseAcs } from './acs.ts'
import { ramPrincipalArn } from './principal.ts'
import type { RamPrincipal, RamQuestion } from './types.ts'

const question: RamQuestion = {
  principal: { kind: 'role-session', accountId: '9876543210987654', roleName: 'Lake', sessionName: 's' },
  action: 'oss:GetObject',
  resource: 'acs:oss:oss-cn-hangzhou:9876543210987654:data/out/a',
  resourceAccount: '9876543210987654',
  rule: 'bucket',
  context: { 'acs:SourceIp': '198.51.100.1' },
  policies: {},
}

it('names every part that kept a statement from matching, with what was expected and what was asked', () => {
  const identity = {
    name: 'lake',
    document: {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['oss:PutObject', 'oss:ListObjects'],
          Resource: 'acs:oss:*:*:data/in/*',
          Condition: { IpAddress: { 'acs:SourceIp': '192.0.2.0/24' }, StringEquals: { 'oss:Prefix': 'in/' } },
        },
      ],
    },
  }
  const { explanation } = evaluateRam({ ...question, policies: { identity: [identity] } }, { explain: true })
  expect(explanation).toEqual([
    {
      layer: 'identity',
      policy: 'lake',
      index: 0,
      effect: 'Allow',
      matches: false,
      mismatches: [
        {
          part: 'action',
          detail: 'oss:GetObject does not match any of 2 patterns',
          expected: ['oss:PutObject', 'oss:ListObjects'],
          actual: 'oss:GetObject',
        },
        {
          part: 'resource',
          detail: 'acs:oss:oss-cn-hangzhou:9876543210987654:data/out/a does not match acs:oss:*:*:data/in/*',
          expected: ['acs:oss:*:*:data/in/*'],
          actual: 'acs:oss:oss-cn-hangzhou:9876543210987654:data/out/a',
        },
        {
          part: 'condition',
          detail: 'IpAddress does not hold for acs:SourceIp 198.51.100.1',
          operator: 'IpAddress',
          key: 'acs:SourceIp',
          expected: ['192.0.2.0/24'],
          actual: ['198.51.100.1'],
        },
        { part: 'condition', detail: 'the request has no oss:Prefix', operator: 'StringEquals', key: 'oss:Prefix', expected: ['in/'] },
      ],
    },
  ])
})

it('says whom a policy of a resource names instead', () => {
  const trust = {
    name: 'trust',
    document: {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: {
            RAM: ['acs:ram::1234567890123456:root', 'acs:ram::1234567890123456:user/x', 'acs:ram::1234567890123456:role/y'],
            Service: ['ecs.aliyuncs.com'],
            Federated: ['acs:ram::1234567890123456:oidc-provider/z'],
          },
        },
      ],
    },
  }
  const ask = (resource: NamedPolicy, rule: RamQuestion['rule']) =>
    evaluateRam({ ...question, action: 'sts:AssumeRole', rule, policies: { resource } }, { explain: true }).explanation?.[0]?.mismatches
  expect(ask(trust, 'trust')).toEqual([
    {
      part: 'principal',
      detail: 'the principal does not name acs:ram::9876543210987654:assumed-role/Lake/s',
      expected: [
        'acs:ram::1234567890123456:root',
        'acs:ram::1234567890123456:user/x',
        'acs:ram::1234567890123456:role/y',
        'ecs.aliyuncs.com',
        'acs:ram::1234567890123456:oidc-provider/z',
      ],
      actual: 'acs:ram::9876543210987654:assumed-role/Lake/s',
    },
  ])
  const bucket = {
    name: 'bucket',
    document: {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', NotPrincipal: ['arn:sts::*:assumed-role/lake/*', '1', '*'], Resource: '*' }],
    },
  }
  expect(ask(bucket, 'bucket')).toMatchObject([
    {
      part: 'principal',
      detail: expect.stringContaining('NotPrincipal leaves out'),
      expected: ['arn:sts::*:assumed-role/lake/*', '1', '*'],
    },
  ])
})

it('says that * without a Condition leaves out the owner of the bucket', () => {
  const resource = {
    name: 'bucket',
    document: { Version: '1', Statement: [{ Effect: 'Deny', Action: 'oss:*', Principal: ['*'], Resource: '*' }] },
  }
  const { explanation, allowed } = evaluateRam(
    { ...question, principal: { kind: 'root', accountId: '9876543210987654' }, policies: { resource } },
    { explain: true },
  )
  expect(allowed).toBe(true)
  expect(explanation?.[0]?.mismatches).toMatchObject([{ part: 'principal', detail: "* without a Condition leaves out the bucket's owner" }])
})

it('refuses to judge by a document that RAM would not take', () => {
  let thrown: unknown
  try {
    compileRam({ name: 'broken', document: { Version: '2012-10-17', Statement: [] } }, 'identity')
  } catch (error) {
    thrown = error
  }
  expect(isAccessError(thrown) && thrown.reason).toBe('policy.malformed')
  expect(thrown).toMatchObject({ message: 'The policy broken is malformed at /Version: Version is "1".' })
})

it('reads resource names and writes those of principals', () => {
  expect(parseAcs('acs:oss:oss-cn-hangzhou:123:bucket/a:b')).toEqual({
    service: 'oss',
    region: 'oss-cn-hangzhou',
    account: '123',
    resource: 'bucket/a:b',
  })
  expect([parseAcs('arn:aws:s3:::x'), parseAcs('acs:oss:x')]).toEqual([undefined, undefined])
  const principals: readonly RamPrincipal[] = [
    { kind: 'anonymous' },
    { kind: 'root', accountId: '1' },
    { kind: 'user', accountId: '1', userName: 'a', userId: '2' },
    { kind: 'federated', provider: 'acs:ram::1:oidc-provider/p' },
    { kind: 'service', service: 'ecs.aliyuncs.com' },
  ]
  expect(principals.map(ramPrincipalArn)).toEqual([
    'anonymous',
    'acs:ram::1:root',
    'acs:ram::1:user/a',
    'acs:ram::1:oidc-provider/p',
    'ecs.aliyuncs.com',
  ])
})
