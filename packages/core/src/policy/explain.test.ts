import { expect, it } from 'vitest'
import { isAccessError } from '../error.ts'
import { compile } from './compile.ts'
import { evaluate } from './evaluate.ts'
import type { AccessQuestion, PolicySet } from './types.ts'

const question = (policies: PolicySet): AccessQuestion => ({
  principal: { kind: 'role-session', roleArn: 'arn:aws:iam::987654321987:role/lake-test', sessionName: 's', roleId: 'AROANEW' },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::test-bucket-123/data',
  resourceAccount: '987654321987',
  context: { 's3:prefix': 'x' },
  policies,
})

const trust = (principal: string) => ({
  name: 'trust',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }] },
})

const thrown = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

it('names every part that kept a statement from matching, with what was expected and what was asked', () => {
  const document = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Reader',
        Effect: 'Allow',
        Action: 's3:Put*',
        Resource: 'arn:aws:s3:::test-bucket-123/data/*',
        Condition: { StringLike: { 's3:prefix': 'data/*' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      },
    ],
  }
  const decision = evaluate(question({ identity: [{ name: 'reader', document }] }), { explain: true })
  expect(decision.explanation).toEqual([
    {
      layer: 'identity',
      policy: 'reader',
      index: 0,
      sid: 'Reader',
      effect: 'Allow',
      matches: false,
      mismatches: [
        { part: 'action', detail: 's3:GetObject does not match s3:Put*', expected: ['s3:Put*'], actual: 's3:GetObject' },
        {
          part: 'resource',
          detail: 'arn:aws:s3:::test-bucket-123/data does not match arn:aws:s3:::test-bucket-123/data/*',
          expected: ['arn:aws:s3:::test-bucket-123/data/*'],
          actual: 'arn:aws:s3:::test-bucket-123/data',
        },
        {
          part: 'condition',
          detail: 'StringLike does not hold for s3:prefix x',
          operator: 'StringLike',
          key: 's3:prefix',
          expected: ['data/*'],
          actual: ['x'],
        },
        {
          part: 'condition',
          detail: 'the request has no aws:MultiFactorAuthPresent',
          operator: 'Bool',
          key: 'aws:MultiFactorAuthPresent',
          expected: ['true'],
        },
      ],
    },
  ])
})

const mismatch = (principal: string) =>
  evaluate({ ...question({ resource: trust(principal), resourceRule: 'trust' }), action: 'sts:AssumeRole' }, { explain: true })
    .explanation?.[0]?.mismatches[0]

it('tells an orphaned principal from another principal', () => {
  expect(mismatch('AROAOLD')).toMatchObject({ part: 'principal', detail: expect.stringContaining('probably one that was deleted') })
  expect(mismatch('123456789012')).toMatchObject({
    part: 'principal',
    detail: 'the principal does not name arn:aws:iam::987654321987:role/lake-test',
    expected: ['123456789012'],
    actual: 'arn:aws:sts::987654321987:assumed-role/lake-test/s',
  })
})

it('explains nothing unless asked', () => {
  expect(evaluate(question({ identity: [] }))).toEqual({ allowed: false, effect: 'implicit-deny', layer: 'identity' })
})

it('names the statement that decided', () => {
  const allow = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
  const identity = [
    { name: 'first', document: { Statement: [] } },
    { name: 'second', document: { Statement: [{ ...allow, Action: 'ec2:*' }, allow] } },
  ]
  expect(evaluate(question({ identity })).decidedBy).toEqual({ layer: 'identity', policy: 'second', index: 1 })
  const resource = { name: 'bucket', document: { Statement: [{ ...allow, Sid: 'Stop', Effect: 'Deny', Principal: '*' }] } }
  expect(evaluate(question({ identity, resource })).decidedBy).toEqual({ layer: 'resource', policy: 'bucket', index: 0, sid: 'Stop' })
})

it('refuses a malformed policy by naming it and the place', () => {
  const malformed = { name: 'reader', document: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'b/*' }] } }
  for (const error of [thrown(() => evaluate(question({ identity: [malformed] }))), thrown(() => compile(malformed))]) {
    expect(isAccessError(error) && { reason: error.reason, context: error.context }).toEqual({
      reason: 'policy.malformed',
      context: { policy: 'reader', pointer: '/Statement/0/Resource', problems: 1 },
    })
  }
})

it('uses a prepared policy wherever a written one may stand', () => {
  const written = { name: 'reader', document: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] } }
  expect(evaluate(question({ identity: [compile(written)] }))).toEqual(evaluate(question({ identity: [written] })))
})

it('names the resource policy where the identity alone was not enough', () => {
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' }
  const identity = [{ name: 'all', document: { Statement: everything } }]
  const resource = { name: 'bucket', document: { Statement: { ...everything, Principal: { AWS: '987654321987' } } } }
  expect(evaluate(question({ identity, resource })).decidedBy?.policy).toBe('all')
  expect(evaluate({ ...question({ identity, resource }), resourceAccount: '111122223333' }).decidedBy?.policy).toBe('bucket')
})

it('grants nobody anything by a policy of a resource that names no principal', () => {
  const resource = compile({ name: 'not for buckets', document: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } })
  const decision = evaluate(question({ resource }), { explain: true })
  expect(decision.allowed).toBe(false)
  expect(decision.explanation?.[0]?.mismatches.map(({ part }) => part)).toEqual(['principal'])
})
