import { expect, it } from 'vitest'
import { actionsMatching } from './action-table.ts'
import { mayApply, mayReach } from './arn-reach.ts'
import { positions, readJsonText } from './json-text.ts'
import { lintText } from '../../lint/index.ts'
import { lintPolicy } from './lint.ts'

const DOCUMENT = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:HeadObject'],
      Resource: 'arn:aws:s3:::test-bucket-123/*',
      Condition: { StringEqualz: { 'a:b': 'c' } },
    },
  ],
}

it('says where a finding is when the text is given, and only then', () => {
  const text = JSON.stringify(DOCUMENT, null, 2)
  const places = lintPolicy(DOCUMENT, { text }).map(({ rule, position }) => [rule, text.split('\n')[(position?.line ?? 0) - 1]?.trim()])
  expect(places).toEqual([
    ['unknown-action', '"s3:HeadObject"'],
    ['unknown-operator', '"StringEqualz": {'],
  ])
  expect(lintPolicy(DOCUMENT).map(({ position }) => position)).toEqual([undefined, undefined])
  expect(lintPolicy(DOCUMENT, { text: 'something else' }).map(({ position }) => position)).toEqual([undefined, undefined])
})

it('points at values, and at the names of lists and objects', () => {
  const text = '{ "a": [1, {"b/c": "d"}],\r\n  "é😀": null }'
  const read = readJsonText(text)
  if (!read.ok) throw new Error(read.message)
  const shown = Object.fromEntries([...read.spans].map(([pointer, { from, to }]) => [pointer, text.slice(from, to)]))
  expect(shown).toEqual({ '': '{', '/a': '"a"', '/a/0': '1', '/a/1': '{', '/a/1/b~1c': '"d"', '/é😀': 'null' })
  expect(positions(text)(read.spans.get('/é😀') ?? { from: 0, to: 0 })).toEqual({ line: 2, column: 10, endLine: 2, endColumn: 14 })
})

it('reads a long line, a long text and a deep document within limits', () => {
  const long = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::b/${'x*'.repeat(500_000)}` }],
  })
  expect(lintText(long).findings.map(({ rule }) => rule)).toContain('size-limit')
  expect(lintText('['.repeat(100_000)).findings).toMatchObject([{ rule: 'json-syntax' }])
  let deep: { a?: object } = {}
  for (let depth = 0; depth < 50_000; depth++) deep = { a: deep }
  expect(() => lintPolicy({ Statement: [deep] as never })).not.toThrow()
  const inner = `{"Version":"1","Statement":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect(() => lintText(JSON.stringify({ Role: { AssumeRolePolicyDocument: inner } }))).not.toThrow()
})

it.each([
  ['arn:aws:s3:::b', 'object', false],
  ['arn:aws:s3:::b/', 'object', false],
  ['arn:aws:s3:::b/x', 'object', true],
  ['arn:aws:s3:::b*', 'object', true],
  ['arn:aws:s3:::b?x', 'object', true],
  ['arn:aws:s3:::*', 'bucket', true],
  ['arn:aws:s3:::b/*', 'bucket', false],
  ['arn:aws:s3:::*/x', 'bucket', false],
  ['arn:aws:s3:::${aws:username}', 'bucket', true],
  ['arn:aws:s3:::b/${aws:username}', 'bucket', false],
  ['arn:*:s3:::b', 'bucket', true],
  ['arn:aws:sqs:us-west-2:987654321987:b', 'bucket', false],
  ['arn:aws:s3', 'bucket', true],
  ['*', 'object', true],
])('knows whether %s may be the ARN of a %s: %s', (pattern, type, reaches) => {
  const templates = { bucket: 'arn:${Partition}:s3:::${BucketName}', object: 'arn:${Partition}:s3:::${BucketName}/${ObjectName}' }
  expect(mayReach(pattern, type === 'bucket' ? templates.bucket : templates.object)).toBe(reaches)
})

it('knows the actions of four services as AWS has them', () => {
  const names = (pattern: string) => actionsMatching(pattern)?.map(({ name }) => name)
  expect(names('s3:*Object')).toEqual(['s3:DeleteObject', 's3:GetObject', 's3:PutObject', 's3:ReplicateObject', 's3:RestoreObject'])
  expect(names('S3:LISTBUCKET')).toEqual(['s3:ListBucket'])
  expect(names('sts:AssumeRole*')).toEqual(['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'])
  expect(names('ec2:RunInstances')).toBeUndefined()
  expect(names('constructor:x')).toBeUndefined()
  const [list] = actionsMatching('s3:ListAllMyBuckets') ?? []
  expect(list && [mayApply(list, '*'), mayApply(list, 'arn:aws:s3:::*'), mayApply(list, 'arn:aws:s3:::b')]).toEqual([true, true, false])
})
