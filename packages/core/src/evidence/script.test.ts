import { describe, expect, it } from 'vitest'
import { EVIDENCE_CLOUDS, evidenceReads, evidenceScript, type EvidenceSubject } from './index.ts'

const SUBJECTS: readonly EvidenceSubject[] = [
  {
    cloud: 'aws',
    roleArn: 'arn:aws:iam::987654321987:role/acme',
    location: 's3://test-bucket-123/a.csv',
    keys: ['arn:aws:kms:us-west-2:987654321987:key/1'],
  },
  { cloud: 'aws', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', location: 'arn:aws:s3:us-west-2:987654321987:accesspoint/lake' },
  { cloud: 'gcp', principal: 'loader@acme-data.iam.gserviceaccount.com', location: 'gs://acme-lake/data/' },
  { cloud: 'azure', clientId: '22222222-2222-4222-8222-222222222222', location: 'https://lakedata.blob.core.windows.net/landing/data/' },
  { cloud: 'aliyun', roleArn: 'acs:ram::9876543210987654:role/acme', location: 'oss://acme-lake/data/' },
  { cloud: 'aliyun', principal: 'acs:ram::9876543210987654:user/them' },
]

/** What the script itself keeps while it runs. */
const OWN = ['answer', 'code', 'count', 'errors', 'file', 'what', 'IFS', 'PATH', 'PWD', 'HOME', 'status']
/** Words of the clients that change nothing. */
const READS = /^(get|list|describe|show|stat|rest|GetCallerIdentity|Get[A-Z]\w*|List[A-Z]\w*|bucket-policy)(-|$)/

describe('a script', () => {
  it('is there for each cloud', () => {
    expect(new Set(SUBJECTS.map(({ cloud }) => cloud))).toEqual(new Set(EVIDENCE_CLOUDS))
  })

  it.each(SUBJECTS)('names nothing as it names its own: $cloud', (subject) => {
    const script = evidenceScript(subject)
    const named = [...script.matchAll(/^\s*for (\w+) in|^(\w+)='/gm)].map(([, loop, value]) => loop ?? value ?? '')
    expect(named.filter((name) => OWN.includes(name) && name !== 'IFS')).toEqual([])
  })

  it.each(SUBJECTS)('only reads: $cloud', (subject) => {
    const commands = [...evidenceScript(subject).matchAll(/^\s*note [\w-]+ (.*)$/gm)].map(([, words = '']) => words.split(' '))
    expect(commands.length).toBeGreaterThan(2)
    for (const words of commands) {
      expect(
        words.some((word) => READS.test(word)),
        words.join(' '),
      ).toBe(true)
      if (words.includes('rest')) expect(words).toContain('--method=get')
      if (words.includes('bucket-policy')) expect(words.join(' ')).toContain('--method get')
      expect(words.join(' ')).not.toMatch(/\b(put|set|create|delete|update|add|remove|attach|assume)\b/i)
    }
  })

  it.each(SUBJECTS)('says of every read what it is for, in two languages: $cloud', (subject) => {
    for (const language of ['en', 'zh'] as const) {
      const lines = evidenceScript(subject, language).split('\n')
      const reads = lines.flatMap((line, index) => (/^\s*note [\w-]+ /.test(line) ? [lines[index - 1] ?? ''] : []))
      expect(reads.every((line) => /^\s*# \S/.test(line))).toBe(true)
      if (language === 'zh') expect(reads.every((line) => /\p{Script=Han}/u.test(line))).toBe(true)
    }
  })

  it('ends no comment where a name has a line break', () => {
    const script = evidenceScript({
      cloud: 'aws',
      location: 's3://bucket/\nrm -rf /\n',
      roleArn: 'arn:aws:iam::987654321987:role/a\nrm -rf /',
    })
    expect(script.split('\n').filter((line) => line.startsWith('rm'))).toEqual([])
  })

  // Clients put the contents of a file where its name is: it would be sent to the bucket, or stand in the evidence.
  it.each<EvidenceSubject>([
    { cloud: 'aws', location: 's3://bucket/file:///home/them/.aws/credentials' },
    { cloud: 'aws', accessKeyId: 'file:///home/them/.aws/credentials', location: 's3://bucket/' },
    { cloud: 'aws', keys: ['arn:aws:kms:example.com/:987654321987:key/1'], location: 's3://bucket/' },
    { cloud: 'aws', roleArn: 'arn:aws:iam::987654321987:role/@credentials', location: 's3://bucket/' },
    { cloud: 'azure', location: 'https://lakedata.blob.core.windows.net/landing/@.ssh/id_rsa' },
    { cloud: 'azure', location: 'https://lakedata.blob.core.windows.net/landing%3Fa/data' },
    { cloud: 'gcp', location: 'gs://*/credentials' },
    { cloud: 'aliyun', roleArn: 'acs:ram::9876543210987654:role/--credentials', location: 'oss://bucket/' },
  ])('names nothing that a client takes for a file, a pattern or an option: $cloud $location', (subject) => {
    const [, code = ''] = evidenceScript(subject).split(`#sluice about `)
    const lines = code.split('\n').slice(1).join('\n')
    expect(lines).not.toMatch(/credentials|id_rsa|example\.com|'landing\?|'\*'/)
    for (const { words } of evidenceReads(subject, new Map())) expect(words.join(' ')).not.toMatch(/credentials|id_rsa|example\.com|\?a|\*/)
  })
})
