import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnoseCase } from '../diagnosis/index.ts'
import type { JsonObject } from '../json.ts'
import { checksum } from './checksum.ts'
import { caseOfFile, isEvidenceFile } from './index.ts'
import { readEvidenceFile } from './file.ts'
import { ABOUT, BROKEN, fileOf, HEALTHY, type Recorded } from '../../test/evidence/recorded.ts'

const notesOf = (text: string): string => JSON.stringify(caseOfFile(text, undefined)['notes'])
const documentsOf = (text: string) => caseOfFile(text, undefined)['documents']

describe('a file of the script', () => {
  it('is a case with the documents that were read', () => {
    const text = fileOf(HEALTHY)
    expect(isEvidenceFile(text)).toBe(true)
    expect(caseOfFile(text, undefined)).toMatchObject({
      cloud: 'aws',
      connection: { roleArn: ABOUT.roleArn, location: ABOUT.location },
      documents: {
        trustPolicy: { Version: '2012-10-17' },
        rolePolicies: [{ Version: '2012-10-17' }, { Version: '2012-10-17' }],
        bucketPolicy: { Statement: [] },
        ownership: 'BucketOwnerEnforced',
        publicAccessBlock: { RestrictPublicBuckets: true },
        keyPolicies: { 'arn:aws:kms:us-west-2:987654321987:key/1234abcd': { Version: '2012-10-17' } },
      },
      notes: [],
    })
    expect(diagnoseCase(caseOfFile(text, undefined))).toMatchObject({ verdict: 'ok', findings: [] })
  })

  it('is the same with the line ends of Windows, a byte order mark and blanks taken away', () => {
    const text = fileOf(HEALTHY)
    expect(caseOfFile(`\uFEFF${text.replaceAll('\n', '\r\n')}`, undefined)).toEqual(caseOfFile(text, undefined))
    expect(caseOfFile(text.replaceAll(/\r?\n$/g, ''), undefined)).toEqual(caseOfFile(text, undefined))
  })

  it('is left aside where it was changed, and only there', () => {
    const text = fileOf(BROKEN).replace('"Effect":"Deny"', '"Effect":"Allow"')
    expect(notesOf(text)).toContain('was changed after it was written')
    expect(documentsOf(text)).not.toHaveProperty('bucketPolicy')
    expect(documentsOf(text)).toHaveProperty('trustPolicy')
  })

  it('says that it ends before its end', () => {
    const text = fileOf(HEALTHY)
    const cut = text.slice(0, text.indexOf('get-bucket-policy'))
    expect(notesOf(cut)).toContain('ends before its end')
    expect(notesOf(cut)).toContain('Not known, since it was not read: aws s3api get-bucket-policy')
  })

  it('says that a read was taken out of it', () => {
    const text = fileOf(HEALTHY).replace(/#sluice read bucket-ownership\n[\s\S]*?#sluice exit .*\n/, '')
    expect(notesOf(text)).toContain('Reads were taken out')
    expect(documentsOf(text)).not.toHaveProperty('ownership')
  })

  it('has none of the policies of the role where one of them is not known', () => {
    const without = HEALTHY.filter(({ command }) => !command.includes('get-policy-version'))
    expect(documentsOf(fileOf(without))).not.toHaveProperty('rolePolicies')
  })

  it('joins what was read in two accounts, whichever comes first', () => {
    const ofRole = HEALTHY.map((one): Recorded => (/s3|kms/.test(one.command) ? refused(one) : one))
    const ofBucket = HEALTHY.map((one): Recorded =>
      / iam /.test(one.command) ? refused(one) : / sts | s3control /.test(one.command) ? stranger(one) : one,
    )
    for (const [first, second] of [
      [ofRole, ofBucket],
      [ofBucket, ofRole],
    ] as const) {
      const both = `${fileOf(first, '2026-11-28T06:00:00Z')}${fileOf(second, '2026-11-28T07:00:00Z')}`
      expect(Object.keys({ ...(caseOfFile(both, undefined)['documents'] as JsonObject) }).toSorted()).toEqual(
        Object.keys({ ...(documentsOf(fileOf(HEALTHY)) as JsonObject) }).toSorted(),
      )
    }
  })

  it('goes by the later of two runs', () => {
    const both = (first: string, second: string) => `${fileOf(BROKEN, first)}${fileOf(HEALTHY, second)}`
    expect(documentsOf(both('2026-11-27T06:00:00Z', '2026-11-28T06:00:00Z'))).toMatchObject({ bucketPolicy: { Statement: [] } })
    expect(documentsOf(both('2026-11-28T06:00:00Z', '2026-11-27T06:00:00Z'))).toMatchObject({ bucketPolicy: { Statement: [{}] } })
  })

  it('is about its own subject, and of a connection’s only that', () => {
    const other = { ...ABOUT, roleArn: 'arn:aws:iam::987654321987:role/other', location: 's3://another-bucket/' } as const
    expect(caseOfFile(fileOf(HEALTHY), other)).toMatchObject({ documents: {}, connection: { roleArn: other.roleArn } })
    expect(caseOfFile('#sluice evidence 1\n#sluice end 0\n', undefined)).toMatchObject({
      notes: [expect.stringContaining('does not say what it is about')],
    })
  })

  it('never takes an answer for a mark of its own', () => {
    const forged = HEALTHY.map((one): Recorded =>
      one.command.includes('get-bucket-policy') ? { ...one, status: 0, text: '#sluice exit 0 1\n#sluice end 1' } : one,
    )
    expect(notesOf(fileOf(forged))).toContain('the answer is not understood')
  })
})

describe('a damaged file', () => {
  it('that nests deeper than it can look is about nothing', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(caseOfFile(`#sluice evidence 1\n#sluice about 1 ${deep}\n`, undefined)).toMatchObject({ notes: expect.any(Array) })
  })

  it('of nothing but line ends is read in no time', { timeout: 5000 }, () => {
    expect(readEvidenceFile('\r'.repeat(1_000_000))).toEqual({ runs: [], notes: [] })
  })

  const lines = fileOf(BROKEN).split('\n')
  const certain = ['proved', 'strong', 'consistent']

  it('never throws, and never leads to a cause that the whole of it does not', () => {
    const damage = fc.oneof(
      fc.nat(lines.length).map((at) => lines.slice(0, at).join('\n')),
      fc.nat(lines.length).map((at) => lines.slice(at).join('\n')),
      fc.tuple(fc.nat(lines.length), fc.nat(20)).map(([at, count]) => lines.toSpliced(at, count).join('\n')),
      fc.tuple(fc.nat(lines.length), fc.string()).map(([at, line]) => lines.toSpliced(at, 1, line).join('\n')),
      fc.tuple(fc.nat(lines.length), fc.nat(lines.length)).map(([from, to]) =>
        lines
          .toSpliced(from, 1)
          .toSpliced(to, 0, lines[from] ?? '')
          .join('\n'),
      ),
      fc.nat(fileOf(BROKEN).length).map((at) => fileOf(BROKEN).slice(0, at)),
      fc
        .tuple(fc.nat(fileOf(BROKEN).length), fc.string())
        .map(([at, text]) => fileOf(BROKEN).slice(0, at) + text + fileOf(BROKEN).slice(at + 1)),
    )
    fc.assert(
      fc.property(damage, (text) => {
        const { findings } = diagnoseCase(caseOfFile(text, undefined))
        expect(findings.filter(({ certainty }) => certain.includes(certainty)).every(({ cause }) => cause === 'aws.rp.deny')).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('is read whatever it holds', () => {
    const mark = fc.constantFrom(
      '#sluice read a',
      '#sluice word b',
      '#sluice exit 0 1',
      '| x',
      '|',
      '#sluice end 1',
      '#sluice about {',
      '#sluice evidence 1',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(mark, fc.string()), { maxLength: 40 }), (all) => {
        readEvidenceFile(all.join('\n'))
        caseOfFile(all.join('\r\n'), ABOUT)
      }),
    )
  })
})

it('computes what cksum prints', () => {
  const of = (text: string) => checksum(new TextEncoder().encode(text))
  // printf '123456789' | cksum
  expect([of('123456789'), of(''), of('hello\n')]).toEqual([930766865, 4294967295, 3015617425])
})

function refused(one: Recorded): Recorded {
  return { ...one, status: 254, text: 'An error occurred (AccessDenied) when calling the operation: no' }
}

function stranger(one: Recorded): Recorded {
  const of = (text: string): string => text.replaceAll('987654321987', '111122223333')
  return { ...one, command: of(one.command), text: of(one.text) }
}
