import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LabCredentials } from '../src/index.ts'
import { send } from './raw.ts'
import { allow, BUCKET, CUSTOMER, CUSTOMER_ROLE, EXTERNAL_ID, REGION, startWorld, TRUST, type World } from './world.ts'

let world: World
let folder: string
beforeEach(async () => {
  world = await startWorld()
  folder = mkdtempSync(join(tmpdir(), 'sluice-lab-'))
})
afterEach(async () => {
  await world.lab.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  readonly status: number
  readonly out: string
  readonly errors: string
}

/** Runs a client with these credentials and nothing else of the environment: no proxy, no profile, no CA bundle (rclone trips over one). */
async function run(
  program: string,
  args: readonly string[],
  credentials: LabCredentials,
  env: { readonly [name: string]: string } = {},
): Promise<Outcome> {
  const environment = {
    PATH: '/usr/bin:/bin',
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    ...env,
  }
  return new Promise((resolve) => {
    execFile(program, args, { env: environment, maxBuffer: 1 << 26 }, (error, out, errors) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ status, out, errors: errors.trim() })
    })
  })
}

const aws = (args: string, credentials = world.admin): Promise<Outcome> =>
  run('/usr/bin/aws', ['--endpoint-url', world.lab.url, ...args.split(' ')], credentials)

async function awsJson(args: string, credentials = world.admin): Promise<unknown> {
  const { status, out, errors } = await aws(args, credentials)
  expect(errors).toBe('')
  expect(status).toBe(0)
  return JSON.parse(out)
}

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const sha256 = (bytes: Uint8Array | undefined): string =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
const S3 = `s3://${BUCKET}`

describe('the AWS CLI', () => {
  it('copies, lists, reads and removes', async () => {
    const path = file('a b.txt', 'hello')
    expect((await run('/usr/bin/aws', ['--endpoint-url', world.lab.url, 's3', 'cp', path, `${S3}/dir/a b.txt`], world.admin)).errors).toBe(
      '',
    )
    expect((await aws(`s3 ls ${S3}/`)).out).toContain('PRE dir/')
    expect((await aws(`s3 ls ${S3}/dir/`)).out).toMatch(/ 5 a b\.txt$/m)
    expect((await run('/usr/bin/aws', ['--endpoint-url', world.lab.url, 's3', 'cp', `${S3}/dir/a b.txt`, '-'], world.admin)).out).toBe(
      'hello',
    )
    expect((await aws(`s3 rm ${S3}/dir/ --recursive`)).out).toContain('delete: ')
    expect(world.lab.aws.listKeys(BUCKET)).toEqual([])
    expect((await aws('s3 ls')).out).toContain(BUCKET)
  })

  it('synchronises a folder once', async () => {
    mkdirSync(join(folder, 'data', 'deep'), { recursive: true })
    for (const name of ['data/1', 'data/2', 'data/deep/ü']) file(name, name)
    const first = await aws(`s3 sync ${folder}/data ${S3}/data`)
    expect(first.out.match(/upload: /g)).toHaveLength(3)
    expect((await aws(`s3 sync ${folder}/data ${S3}/data`)).out).toBe('')
    expect(world.lab.aws.listKeys(BUCKET)).toEqual(['data/1', 'data/2', 'data/deep/ü'])
    expect((await aws(`s3 sync ${S3}/data ${folder}/back`)).status).toBe(0)
    expect(readFileSync(join(folder, 'back/deep/ü'), 'utf8')).toBe('data/deep/ü')
  })

  it('moves twenty megabytes in parts and ranges', async () => {
    const bytes = randomBytes(20 * 1024 * 1024)
    const path = file('big', bytes)
    expect((await aws(`s3 cp ${path} ${S3}/big`)).status).toBe(0)
    expect(world.lab.requests.entries().filter(({ operation }) => operation === 's3.UploadPart')).toHaveLength(3)
    expect((await aws(`s3 cp ${S3}/big ${folder}/back`)).status).toBe(0)
    expect(sha256(readFileSync(join(folder, 'back')))).toBe(sha256(bytes))
    const piece = await awsJson(`s3api get-object --bucket ${BUCKET} --key big --range bytes=100-199 ${folder}/piece`)
    expect(piece).toMatchObject({ ContentLength: 100, ContentRange: `bytes 100-199/${bytes.length}` })
    expect(readFileSync(join(folder, 'piece'))).toEqual(bytes.subarray(100, 200))
    expect((await aws(`s3 cp ${S3}/big ${S3}/copy`)).status).toBe(0)
    expect(sha256(await world.lab.aws.getObject(BUCKET, 'copy'))).toBe(sha256(bytes))
  })

  it('presigns what anybody can then fetch', async () => {
    world.lab.aws.putObject(BUCKET, 'k', { body: 'hello' })
    const { out } = await aws(`s3 presign ${S3}/k --expires-in 60`)
    const url = new URL(out.trim())
    expect(await send(world.lab, { path: url.pathname, query: Object.fromEntries(url.searchParams) })).toMatchObject({
      status: 200,
      text: 'hello',
    })
  })

  it('assumes a role with the right external id only', async () => {
    const assume = (externalId: string) => `sts assume-role --role-arn ${CUSTOMER_ROLE} --role-session-name cli${externalId}`
    expect(await awsJson(assume(` --external-id ${EXTERNAL_ID}`), world.platform)).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/cli` },
    })
    for (const wrong of ['', ' --external-id wrong']) {
      const refused = await aws(assume(wrong), world.platform)
      expect(refused.status).toBe(254)
      expect(refused.errors).toBe(
        `An error occurred (AccessDenied) when calling the AssumeRole operation: User: arn:aws:sts::123456789012:assumed-role/xxxxxxx-tnabcdefg/lab is not authorized to perform: sts:AssumeRole on resource: ${CUSTOMER_ROLE}`,
      )
    }
  })

  it('reports a wrong secret, a wrong token and an expired one in AWS’s words', async () => {
    const list = `s3api list-objects-v2 --bucket ${BUCKET}`
    const wrong = await aws(list, { ...world.admin, secretAccessKey: 'wrong' })
    expect(wrong.errors).toContain(
      'An error occurred (SignatureDoesNotMatch) when calling the ListObjectsV2 operation: The request signature we calculated does not match',
    )
    const unknown = await aws('sts get-caller-identity', { accessKeyId: 'AKIANOBODYNOBODY', secretAccessKey: 'x' })
    expect(unknown.errors).toBe(
      'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    )
    const tampered = await aws(list, { ...world.platform, sessionToken: 'IQoJtampered' })
    expect(tampered.errors).toContain(
      'An error occurred (InvalidToken) when calling the ListObjectsV2 operation: The provided token is malformed or otherwise invalid.',
    )
    const expired = await aws(list, world.lab.aws.issueSession(CUSTOMER_ROLE, { seconds: 0 }))
    expect(expired.errors).toContain(
      'An error occurred (ExpiredToken) when calling the ListObjectsV2 operation: The provided token has expired.',
    )
  })

  it('sets up a role and a bucket', async () => {
    const trust = file('trust.json', JSON.stringify(TRUST))
    const policy = file('policy.json', JSON.stringify(allow('s3:GetObject', '*')))
    expect(await awsJson(`iam create-role --role-name made --assume-role-policy-document file://${trust}`)).toMatchObject({
      Role: { Arn: `arn:aws:iam::${CUSTOMER}:role/made`, AssumeRolePolicyDocument: TRUST },
    })
    expect((await aws(`iam put-role-policy --role-name made --policy-name p --policy-document file://${policy}`)).errors).toBe('')
    const created = await awsJson(`iam create-policy --policy-name managed --policy-document file://${policy}`)
    expect(created).toMatchObject({ Policy: { Arn: `arn:aws:iam::${CUSTOMER}:policy/managed` } })
    expect((await aws(`iam attach-role-policy --role-name made --policy-arn arn:aws:iam::${CUSTOMER}:policy/managed`)).errors).toBe('')
    expect(await awsJson('iam get-role-policy --role-name made --policy-name p')).toMatchObject({
      PolicyDocument: allow('s3:GetObject', '*'),
    })
    expect((await aws(`s3 mb s3://made-by-cli`)).errors).toBe('')
    const block = 'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true'
    expect((await aws(`s3api put-public-access-block --bucket made-by-cli --public-access-block-configuration ${block}`)).errors).toBe('')
    expect(await awsJson('s3api get-bucket-location --bucket made-by-cli')).toEqual({ LocationConstraint: REGION })
    const missing = await aws('iam get-role --role-name nobody')
    expect(missing.errors).toBe(
      'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name nobody cannot be found.',
    )
    const keyArn = world.lab.aws.putKey({ accountId: CUSTOMER, region: REGION })
    expect(await awsJson(`kms describe-key --key-id ${keyArn}`)).toMatchObject({ KeyMetadata: { Arn: keyArn } })
  })
})

const BOTO3 = `
import io, json, os, sys, urllib.request
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
url, bucket, role, external_id = sys.argv[1:5]
options = dict(endpoint_url=url, config=Config(retries=dict(max_attempts=0), signature_version='s3v4'))
session = boto3.client('sts', endpoint_url=url).assume_role(RoleArn=role, RoleSessionName='boto3', ExternalId=external_id)['Credentials']
s3 = boto3.client('s3', aws_access_key_id=session['AccessKeyId'], aws_secret_access_key=session['SecretAccessKey'], aws_session_token=session['SessionToken'], **options)
result = {}
data = os.urandom(20 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(data), bucket, 'big')
back = io.BytesIO()
s3.download_fileobj(bucket, 'big', back)
result['same'] = back.getvalue() == data
result['etag'] = s3.head_object(Bucket=bucket, Key='big')['ETag']
result['range'] = s3.get_object(Bucket=bucket, Key='big', Range='bytes=-5')['Body'].read() == data[-5:]
for name in ['a/1', 'a/2', 'b', 'c d&e']: s3.put_object(Bucket=bucket, Key=name, Body=b'x', Metadata={'k': 'v'})
pages = s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, PaginationConfig=dict(PageSize=2))
result['keys'] = [item['Key'] for page in pages for item in page.get('Contents', [])]
result['folders'] = [item['Prefix'] for item in s3.list_objects(Bucket=bucket, Delimiter='/')['CommonPrefixes']]
signed = s3.generate_presigned_url('get_object', Params=dict(Bucket=bucket, Key='c d&e'), ExpiresIn=60)
result['presigned'] = urllib.request.urlopen(signed).read().decode()
s3.copy(dict(Bucket=bucket, Key='b'), bucket, 'copy')
s3.delete_objects(Bucket=bucket, Delete=dict(Objects=[dict(Key='a/1'), dict(Key='a/2')]))
def refusal(call):
    try: call()
    except ClientError as error: return [error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error']['Code'], error.response['Error']['Message']]
result['denied'] = refusal(lambda: s3.get_bucket_policy(Bucket=bucket))
result['missing'] = refusal(lambda: s3.get_object(Bucket=bucket, Key='none'))
result['region'] = refusal(lambda: boto3.client('s3', region_name='eu-west-1', **options).get_bucket_acl(Bucket='nobody-has-this'))
print(json.dumps(result))
`

describe('boto3', () => {
  it('does all of it with the credentials of a role', async () => {
    const script = file('client.py', BOTO3)
    const { out, errors, status } = await run(
      '/usr/bin/python3',
      [script, world.lab.url, BUCKET, CUSTOMER_ROLE, EXTERNAL_ID],
      world.platform,
    )
    expect(errors).toBe('')
    expect(status).toBe(0)
    expect(JSON.parse(out)).toEqual({
      same: true,
      etag: expect.stringMatching(/^"[0-9a-f]{32}-3"$/),
      range: true,
      keys: ['a/1', 'a/2', 'b', 'big', 'c d&e'],
      folders: ['a/'],
      presigned: 'x',
      denied: [
        403,
        'AccessDenied',
        `User: arn:aws:sts::${CUSTOMER}:assumed-role/lake-test/boto3 is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::${BUCKET}" because no identity-based policy allows the s3:GetBucketPolicy action`,
      ],
      missing: [404, 'NoSuchKey', 'The specified key does not exist.'],
      region: [404, 'NoSuchBucket', 'The specified bucket does not exist'],
    })
    expect(world.lab.aws.listKeys(BUCKET)).toEqual(['b', 'big', 'c d&e', 'copy'])
  })
})

describe('rclone', () => {
  const rclone = (args: readonly string[], credentials = world.admin): Promise<Outcome> =>
    run('/usr/bin/rclone', ['--config', file('rclone.conf', ''), '--retries', '1', '--low-level-retries', '1', ...args], credentials, {
      RCLONE_CONFIG_LAB_TYPE: 's3',
      RCLONE_CONFIG_LAB_PROVIDER: 'Other',
      RCLONE_CONFIG_LAB_ENV_AUTH: 'true',
      RCLONE_CONFIG_LAB_REGION: REGION,
      RCLONE_CONFIG_LAB_ENDPOINT: world.lab.url,
      RCLONE_CONFIG_LAB_FORCE_PATH_STYLE: 'true',
      // This rclone sends an ACL always, by default one that a bucket without ACLs refuses.
      RCLONE_CONFIG_LAB_ACL: 'bucket-owner-full-control',
    })

  it('copies, checks, lists, reads ranges and synchronises', async () => {
    mkdirSync(join(folder, 'data', 'deep'), { recursive: true })
    const bytes = randomBytes(20 * 1024 * 1024)
    writeFileSync(join(folder, 'data', 'big'), bytes)
    writeFileSync(join(folder, 'data', 'deep', 'a b+ü.txt'), 'hello')
    const copy = await rclone([
      'copy',
      join(folder, 'data'),
      `lab:${BUCKET}/in`,
      '--s3-upload-cutoff',
      '8M',
      '--s3-chunk-size',
      '6M',
      '--s3-no-check-bucket',
    ])
    expect(copy).toMatchObject({ status: 0, errors: '' })
    expect(world.lab.requests.entries().filter(({ operation }) => operation === 's3.UploadPart')).toHaveLength(4)
    expect((await rclone(['check', '--download', join(folder, 'data'), `lab:${BUCKET}/in`])).status).toBe(0)
    expect((await rclone(['lsf', '-R', '--files-only', `lab:${BUCKET}`])).out.split('\n').filter(Boolean).toSorted()).toEqual([
      'in/big',
      'in/deep/a b+ü.txt',
    ])
    expect((await rclone(['cat', '--offset', '1', '--count', '3', `lab:${BUCKET}/in/deep/a b+ü.txt`])).out).toBe('ell')
    rmSync(join(folder, 'data', 'big'))
    expect((await rclone(['sync', join(folder, 'data'), `lab:${BUCKET}/in`, '--s3-no-check-bucket'])).status).toBe(0)
    expect(world.lab.aws.listKeys(BUCKET)).toEqual(['in/deep/a b+ü.txt'])
  })

  it('reports a wrong secret in AWS’s words', async () => {
    const { status, errors } = await rclone(['lsf', `lab:${BUCKET}`], { ...world.admin, secretAccessKey: 'wrong' })
    expect(status).not.toBe(0)
    expect(errors).toContain('SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.')
  })
})
