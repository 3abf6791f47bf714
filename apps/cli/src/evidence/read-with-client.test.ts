import type { Answer, EvidenceSubject } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { readWithClient, type Eyes } from './read-with-client.ts'

const SECRET = 'the-secret-of-a-session'
const SUBJECTS: { readonly [cloud in EvidenceSubject['cloud']]: EvidenceSubject } = {
  aws: { cloud: 'aws', roleArn: 'arn:aws:iam::987654321987:role/acme', location: 's3://test-bucket-123/' },
  gcp: { cloud: 'gcp', principal: 'loader@acme-data.iam.gserviceaccount.com', location: 'gs://acme-lake/' },
  azure: { cloud: 'azure', location: 'https://lakedata.blob.core.windows.net/landing/' },
  aliyun: { cloud: 'aliyun', roleArn: 'acs:ram::9876543210987654:role/acme', location: 'oss://acme-lake/' },
}
const SESSIONS: readonly (readonly [words: string, answer: string])[] = [
  ['sts assume-role', JSON.stringify({ AccessKeyId: 'ASIA1', SecretAccessKey: SECRET, SessionToken: 'token' })],
  ['sts AssumeRole', JSON.stringify({ Credentials: { AccessKeyId: 'STS.1', AccessKeySecret: SECRET, SecurityToken: 'token' } })],
]

interface Run {
  readonly words: readonly string[]
  readonly environment: { readonly [name: string]: string | undefined }
}

/** Reads a subject with a client that answers `{}` to everything but what is given. */
async function read(cloud: EvidenceSubject['cloud'], eyes: Eyes, answers: readonly (readonly [string, string | Answer])[] = SESSIONS) {
  const runs: Run[] = []
  const told: string[] = []
  let busy = 0
  let busiest = 0
  const deps = {
    environment: { PATH: '/usr/bin', SLUICE_TOKEN: 'ours', AWS_PROFILE: 'of-the-shell' },
    tell: (line: string) => void told.push(line),
    run: async (words: readonly string[], environment: Run['environment']): Promise<Answer> => {
      runs.push({ words, environment })
      busiest = Math.max(busiest, ++busy)
      await Promise.resolve()
      busy--
      const answer = answers.find(([part]) => words.join(' ').includes(part))?.[1] ?? '{}'
      return typeof answer === 'string' ? { status: 0, text: answer } : answer
    },
  }
  const done = await readWithClient(SUBJECTS[cloud], eyes, deps, new AbortController().signal)
  return { runs, told: told.join(''), busiest, done }
}

describe('with whose eyes', () => {
  it.each([
    ['aws', '--profile=audit'],
    ['gcp', '--configuration=audit'],
    ['azure', '--subscription=audit'],
    ['aliyun', '--profile audit'],
  ] as const)('a profile of %s is named to every command, and in no answer', async (cloud, words) => {
    const { runs, done } = await read(cloud, { profile: 'audit' })
    expect(runs.length).toBeGreaterThan(1)
    expect(runs.every((run) => run.words.join(' ').endsWith(words))).toBe(true)
    expect([...done.keys()].join(' ')).not.toContain('audit')
  })

  it.each(['aws', 'aliyun'] as const)('a role of %s is assumed once, and its session is in the environment alone', async (cloud) => {
    const { runs, told, done } = await read(cloud, { profile: 'audit', role: 'the-role' })
    const [assume, ...reads] = runs
    expect(assume?.words.join(' ')).toMatch(/assume-?role.*the-role.*audit/i)
    for (const { words, environment } of reads) {
      expect(words.join(' ')).not.toContain('audit')
      expect(Object.values(environment)).toEqual(expect.arrayContaining([SECRET, 'token']))
      expect(environment['AWS_PROFILE']).toBe(cloud === 'aws' ? undefined : 'of-the-shell')
    }
    expect(JSON.stringify([runs.map(({ words }) => words), told, [...done]])).not.toContain(SECRET)
  })

  it('an account of Google Cloud is acted as', async () => {
    const { runs } = await read('gcp', { role: 'reader@acme-data.iam.gserviceaccount.com' })
    expect(runs.every(({ words }) => words.includes('--impersonate-service-account=reader@acme-data.iam.gserviceaccount.com'))).toBe(true)
  })

  it('Azure has no roles to assume', async () => {
    await expect(read('azure', { role: 'reader' })).rejects.toMatchObject({ reason: 'cli.usage' })
  })

  it('what a role that cannot be assumed answers is said without its secrets', async () => {
    const refused: Answer = { status: 254, text: 'An error occurred (AccessDenied): external_id=abcdef no' }
    const reading = read('aws', { role: 'the-role' }, [['assume-role', refused]])
    await expect(reading).rejects.toMatchObject({
      reason: 'evidence.not_signed_in',
      message: expect.stringContaining('(AccessDenied): external_id=***'),
    })
  })

  it('gcloud that nobody is signed in to is told by what it says to everything', async () => {
    const out: Answer = { status: 1, text: 'ERROR: You do not currently have an active account selected. Please run: $ gcloud auth login' }
    const reading = read('gcp', {}, [
      ['auth list', ''],
      ['gcloud', out],
    ])
    await expect(reading).rejects.toMatchObject({ reason: 'evidence.not_signed_in', remedy: expect.stringContaining('gcloud auth login') })
    expect(
      (
        await read('gcp', {}, [
          ['auth list', ''],
          ['get-iam-policy', out],
        ])
      ).done.size,
    ).toBeGreaterThan(1)
  })

  it('what Sluice is signed in with is in no client’s environment, and few clients run at once', async () => {
    const { runs, busiest } = await read('aws', {})
    expect(runs.flatMap(({ environment }) => Object.keys(environment)).filter((name) => name.startsWith('SLUICE'))).toEqual([])
    expect(busiest).toBe(3)
  })
})
