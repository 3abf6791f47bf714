import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '../../json.ts'
import { applyPatch } from '../../../test/apply-patch.ts'
import { parsePolicy } from '../parse.ts'
import { isObject } from '../shapes.ts'
import { lintText } from '../../lint/index.ts'
import { lintPolicy } from './lint.ts'

const names = fc.constantFrom(
  'Version', 'Id', 'Statement', 'Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition',
  'StringEquals', 'StringLike', 'ForAllValues:StringLike', 'StringEqualz', 'Null', 'IpAddress', 'NotIpAddress', 'NumericLessThan', 'DateLessThan', 'ArnLike', 'Bool',
  'AWS', 'Federated', 'Service', 's3:prefix', 'sts:ExternalId', 'aws:SourceIp', 'aws:PrincipalArn', 's3:prefx', '', '__proto__', 'constructor', 'a/b~c',
  'bindings', 'role', 'members', 'condition', 'expression', 'version', 'roleDefinitionName', 'roleDefinitionId', 'scope', 'properties', 'principalId', 'RAM', 'oss:Prefix', 'Role', 'DefaultPolicyVersion',
  'Resources', 'Type', 'Properties', 'PolicyDocument', 'Policies', 'AssumeRolePolicyDocument', 'Fn::Sub', 'Fn::Join', 'Fn::If', 'Ref', 'Parameters', 'Default',
) // prettier-ignore
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '1', 'oss:GetObject', 'oss:HeadObject', 'acs:oss:*:*:b', 'acs:oss:*:*:b/data', 'acs:ram::1:root', 'roles/storage.objectViewer', 'roles/owner', 'allUsers', 'user:a@b.c', "resource.name.startsWith('projects/_/buckets/b/objects/d/')", '/subscriptions/1', 'Contributor',
    'Allow', 'Deny', '2012-10-17', '2008-10-17', '*', 's3:*', 's3:GetObject', 's3:ListObjects', 's3:*Object', 'kms:Decrypt', 'kms:GenerateDataKey', 'sts:AssumeRole', 'iam:*', ':', 'a:',
    'arn:aws:s3:::b', 'arn:aws:s3:::b/*', 'arn:aws:s3::b', 'arn:aws:s3:::b/data/', 's3://b/x', 'arn:', 'arn:::::', 'arn:aws:kms:us-west-2:987654321987:alias/x', '${aws:username}', '${', '${}', '<bucket>',
    '987654321987', 'AROAIOSFODNN7EXAMPLE', '10.0.0.0/8', '203.0.113.0/24', '::/0', '2026-01-01', 'true', '5', ' x ', 'AWS::IAM::Role', 'AWS::KMS::Key', 'AWS::NoValue', '${AWS::Partition}', '\uE000',
  ), // prettier-ignore
)
const documents: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(texts, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.array(fc.tuple(names, tie('node')), { maxLength: 6 }).map((members): Json => Object.fromEntries(members)),
  ),
})).node
const kinds = fc.constantFrom('identity', 'resource', 'trust', 'session', 'scp', 'key', undefined)

/** Statements that mostly are ones, so that rules have something to say. */
const statements = fc.record(
  {
    Sid: fc.constantFrom('Read', 'Write it', ''),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.oneof(fc.constant('*'), fc.dictionary(fc.constantFrom('AWS', 'Federated'), texts, { maxKeys: 2 })),
    Action: fc.oneof(texts, fc.array(texts, { maxLength: 4 })),
    Resource: fc.oneof(texts, fc.array(texts, { maxLength: 4 })),
    Condition: fc.dictionary(names, fc.dictionary(names, fc.oneof(texts, fc.array(texts, { maxLength: 3 })), { maxKeys: 2 }), {
      maxKeys: 3,
    }),
  },
  { requiredKeys: ['Effect', 'Action'] },
)
const policies = fc.record({ Version: fc.constantFrom('2012-10-17', '2008-10-17', '1'), Statement: fc.array(statements, { maxLength: 3 }) })

it('never throws on any JSON, and names places that are in the text', () => {
  fc.assert(
    fc.property(fc.oneof(documents, policies), kinds, (document, kind) => {
      const told = kind === undefined ? {} : { kind }
      expect(() => lintPolicy(document, told)).not.toThrow()
      const text = JSON.stringify(document, null, 1)
      const lines = text.split('\n')
      for (const { position, message, instead, rule } of lintText(text, told).findings) {
        expect(`${message}${instead}`, rule).not.toMatch(/undefined|\[object/)
        expect(position, rule).toBeDefined()
        expect(position?.line ?? 0).toBeLessThanOrEqual(lines.length)
        expect(position?.column ?? 0).toBeLessThanOrEqual((lines[(position?.line ?? 1) - 1]?.length ?? 0) + 1)
      }
    }),
    { numRuns: 400 },
  )
})

it('never throws on any text', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', ' ', '\n', '\\', 'u', '0', '1', '-', '.', 'e', 'true', 'null', "'", '/'),
      }),
      (text) => {
        const { findings } = lintText(text)
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(findings.some(({ rule }) => rule === 'json-syntax')).toBe(!isJson)
      },
    ),
    { numRuns: 1000 },
  )
})

it('suggests patches that apply, remove what they are for, and break nothing that AWS accepts', () => {
  fc.assert(
    fc.property(policies, kinds, (document, kind) => {
      const told = kind === undefined ? {} : { kind }
      const wasValid = parsePolicy(document).ok
      for (const finding of lintPolicy(document, told)) {
        if (!finding.patch) continue
        const patched = applyPatch(document, finding.patch)
        const again = lintPolicy(patched, told)
        const same = again.filter(
          ({ rule, pointer, message }) => rule === finding.rule && pointer === finding.pointer && message === finding.message,
        )
        expect(same, `${finding.rule} ${JSON.stringify(document)} ${JSON.stringify(patched)}`).toEqual([])
        if (wasValid && isObject(patched)) expect(parsePolicy(patched), finding.rule).toMatchObject({ ok: true })
      }
    }),
    { numRuns: 400 },
  )
})

it('does not depend on the order of statements, but for what it is about', () => {
  fc.assert(
    fc.property(policies, (document) => {
      const count = (value: Json): readonly string[] =>
        lintPolicy(value)
          // Of two with one Sid, the second is the one to change; of half a key, whichever comes first.
          .filter(({ rule }) => rule !== 'duplicate-sid')
          .map(({ rule, message }) => `${rule} ${message}`)
          .toSorted()
      expect(count({ ...document, Statement: document.Statement.toReversed() })).toEqual(count(document))
    }),
    { numRuns: 200 },
  )
})

it.each([
  ['setup', 40],
  ['setup-aliyun', 10],
])('finds no error in what the %s writes, policies and templates alike', (name, most) => {
  const folder = new URL(`../../../../clouds/testdata/${name}/`, import.meta.url)
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(policy(-\d)?|cloudformation)\.json$/.test(path),
  )
  expect(paths.length).toBeGreaterThan(most)
  for (const path of paths) {
    const { findings, policies } = lintText(readFileSync(new URL(path, folder), 'utf8'))
    expect(policies.length, path).toBeGreaterThan(0)
    // Where the account is not known yet, its place is left to be filled in.
    expect(
      findings.filter(({ severity, message }) => severity === 'error' && !message.includes('ACCOUNT_ID')),
      path,
    ).toEqual([])
  }
})
