import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnoseCase } from '../diagnosis/index.ts'
import { questionOf, type Answer } from './answer.ts'
import { caseOfAnswers, evidenceReads, type EvidenceSubject } from './index.ts'

type Recorded = Answer | string

const json = (value: unknown): string => JSON.stringify(value, undefined, 2)
const refusal = (code: string): Answer => ({ status: 254, text: `An error occurred (${code}) when calling the operation: no` })

/** The case of a subject, each of whose reads is answered by the first of these whose words it has; what none has is refused. */
function caseOf(subject: EvidenceSubject, answers: readonly (readonly [words: string, answer: Recorded])[]) {
  const given = new Map<string, Answer>()
  for (;;) {
    const open = evidenceReads(subject, given).filter(({ words }) => !given.has(questionOf(words)))
    if (open.length === 0) return caseOfAnswers(subject, given)
    for (const { words } of open) {
      const found = answers.find(([part]) => words.join(' ').includes(part))?.[1] ?? refusal('AccessDenied')
      given.set(questionOf(words), typeof found === 'string' ? { status: 0, text: found } : found)
    }
  }
}

const policy = (action: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] })
const CALLER = ['get-caller-identity', json({ Account: '987654321987', Arn: 'arn:aws:iam::987654321987:user/admin' })] as const

describe('a user of AWS', () => {
  const arn = 'arn:aws:iam::987654321987:user/them'
  const subject: EvidenceSubject = { cloud: 'aws', method: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }
  const answers: readonly (readonly [string, Recorded])[] = [
    CALLER,
    ['get-access-key-last-used', json({ UserName: 'them' })],
    [
      'get-user ',
      json({
        Arn: arn,
        PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: 'arn:aws:iam::987654321987:policy/wall' },
      }),
    ],
    ['list-user-policies', json({ PolicyNames: ['own'] })],
    ['get-user-policy', json(policy('s3:GetObject'))],
    ['list-attached-user-policies', json({ AttachedPolicies: [] })],
    ['list-groups-for-user', json({ Groups: [{ GroupName: 'readers' }] })],
    ['list-group-policies', json({ PolicyNames: [] })],
    [
      'list-attached-group-policies',
      json({ AttachedPolicies: [{ PolicyName: 'list', PolicyArn: 'arn:aws:iam::987654321987:policy/list' }] }),
    ],
    ['get-policy --policy-arn', json({ DefaultVersionId: 'v2' })],
    ['policy/wall --version-id=v2', json(policy('s3:*'))],
    ['policy/list --version-id=v2', json(policy('s3:ListBucket'))],
  ]

  it('is found by the key, with the policies of its groups and its boundary', () => {
    expect(caseOf(subject, answers)).toMatchObject({
      documents: { rolePolicies: [policy('s3:GetObject'), policy('s3:ListBucket')], boundary: policy('s3:*') },
      notes: [],
    })
  })

  it('has no policies to go by while those of a group are not known', () => {
    const without = answers.filter(([words]) => words !== 'list-group-policies')
    expect(caseOf(subject, without)['documents']).not.toHaveProperty('rolePolicies')
  })

  it('has no boundary to go by while it was not read', () => {
    const without = answers.filter(([words]) => !words.includes('policy/wall'))
    const shown = caseOf({ ...subject, principal: arn }, without)
    expect(shown['documents']).not.toHaveProperty('boundary')
    expect(shown['notes']).toEqual([expect.stringContaining('policy/wall')])
  })
})

describe('a role of AWS', () => {
  const roleArn = 'arn:aws:iam::987654321987:role/data/acme'
  const subject: EvidenceSubject = { cloud: 'aws', roleArn }

  it('that bears the name at another path is not the one that is meant', () => {
    const shown = caseOf(subject, [CALLER, ['get-role ', json({ Arn: 'arn:aws:iam::987654321987:role/acme', PermissionsBoundary: null })]])
    expect(shown).toMatchObject({
      documents: {},
      observations: [{ operation: 'GetRole', target: roleArn, ok: false, code: 'NoSuchEntity' }],
      notes: [expect.stringContaining('of that name there is arn:aws:iam::987654321987:role/acme')],
    })
  })

  it('has no policies to go by where an answer has no list of them', () => {
    const lists = [
      ['list-role-policies', json({})],
      ['list-attached-role-policies', json({ AttachedPolicies: [] })],
    ] as const
    expect(caseOf(subject, [CALLER, ...lists])['documents']).not.toHaveProperty('rolePolicies')
  })

  it('is refused nothing for certain by its own policies while those of the bucket are not known', () => {
    const none = [
      CALLER,
      ['list-role-policies', json({ PolicyNames: [] })],
      ['list-attached-role-policies', json({ AttachedPolicies: [] })],
    ] as const
    const place: EvidenceSubject = { ...subject, location: 's3://test-bucket-123/', access: ['list', 'read'] }
    expect(diagnoseCase(caseOf(place, none))).toMatchObject({ verdict: 'inconclusive', findings: [] })
    expect(diagnoseCase(caseOf(place, [...none, ['get-bucket-policy', refusal('NoSuchBucketPolicy')]])).findings).not.toEqual([])
  })

  it('of China is not told from what was read elsewhere, where buckets bear the same names', () => {
    const place: EvidenceSubject = { cloud: 'aws', roleArn: 'arn:aws-cn:iam::987654321987:role/acme', location: 's3://test-bucket-123/' }
    const answers = [CALLER, ['get-bucket-policy', refusal('NoSuchBucketPolicy')], ['get-role ', refusal('NoSuchEntity')]] as const
    expect(caseOf(place, answers)).toMatchObject({ documents: {}, observations: [], notes: [expect.stringContaining('aws-cn')] })
  })

  it('is not missing because another account has none of its name', () => {
    const elsewhere = ['get-caller-identity', json({ Account: '111122223333' })] as const
    const shown = caseOf(subject, [elsewhere, ['get-role ', refusal('NoSuchEntity')]])
    expect(shown).toMatchObject({ observations: [], notes: [expect.stringContaining('111122223333')] })
    const unknown = caseOf(subject, [['get-role ', refusal('NoSuchEntity')]])
    expect(unknown['observations']).toEqual([])
  })

  it('has a setting of its account only where the bucket is of the account', () => {
    const block = json({ PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } })
    const open = json({ PublicAccessBlockConfiguration: { RestrictPublicBuckets: false } })
    const place: EvidenceSubject = { ...subject, location: 's3://test-bucket-123/' }
    const both = [
      ['s3control', block],
      ['s3api get-public-access-block', open],
    ] as const
    expect(caseOf(place, [CALLER, ...both])['documents']).not.toHaveProperty('publicAccessBlock')
    const shown = caseOf(place, [CALLER, ...both, ['get-bucket-policy', refusal('NoSuchBucketPolicy')]])
    expect(shown['documents']).toMatchObject({ publicAccessBlock: { RestrictPublicBuckets: true } })
  })
})

describe('a lake of Azure', () => {
  const identity = '33333333-3333-4333-8333-333333333333'
  const id = '/subscriptions/2/resourceGroups/lake/providers/Microsoft.Storage/storageAccounts/lakedata'
  const subject: EvidenceSubject = {
    cloud: 'azure',
    method: 'managed-identity',
    principal: identity,
    location: 'https://lakedata.blob.core.windows.net/landing/a b/c/',
  }
  const acl = json({ acl: 'user::rwx,group::r-x,other::---', owner: '$superuser', group: '$superuser' })

  it('shows the lists of every folder on the way, and the roles of groups as the identity’s own', () => {
    const shown = caseOf(subject, [
      ['account show --query', json({ id: '2' })],
      ['storage account show', json({ id, isHnsEnabled: true, lake: 'lakedata' })],
      ['role assignment list', json([{ principalId: 'a-group', principalType: 'Group', roleDefinitionName: 'Mine', scope: id }])],
      ['role definition list --name=Mine', json([{ name: 'guid', roleName: 'Mine', permissions: [] }])],
      ['denyAssignments', json({ value: [] })],
      ['fs access show', acl],
    ])
    expect(shown).toMatchObject({ documents: { roles: [{ principalId: identity }, { roleName: 'Mine' }] }, notes: [] })
    const targets = JSON.stringify(shown['observations'])
    for (const path of ['landing/"', 'landing/a%20b"', 'landing/a%20b/c"']) expect(targets).toContain(path)
  })

  it('without folders of its own shows no lists', () => {
    const shown = caseOf(subject, [['storage account show', json({ id, isHnsEnabled: false, lake: false })]])
    expect(JSON.stringify(shown)).not.toContain('fs access show')
  })
})

describe('an account of Google Cloud', () => {
  const principal = 'loader@acme-data.iam.gserviceaccount.com'
  const subject: EvidenceSubject = {
    cloud: 'gcp',
    method: 'service-account-key',
    principal,
    location: 'gs://acme-lake/data/',
    access: ['list', 'read'],
  }

  it('is missing only where IAM says so', () => {
    const missing = { status: 1, text: 'ERROR: (gcloud.iam.service-accounts.describe) NOT_FOUND: Unknown service account' }
    const denied = { status: 1, text: 'ERROR: PERMISSION_DENIED: or it may not exist' }
    expect(caseOf(subject, [['service-accounts describe', missing]])['observations']).toMatchObject([
      { target: principal, ok: false, status: 404 },
    ])
    expect(caseOf(subject, [['service-accounts describe', denied]])['observations']).toEqual([])
  })

  it('is refused nothing for certain by the bucket alone, which is not all that may let it in', () => {
    const bucket = [['buckets get-iam-policy', json({ bindings: [], etag: 'CAE=' })]] as const
    expect(caseOf(subject, bucket)['connection']).not.toHaveProperty('access')
    const all = [
      ...bucket,
      ['buckets describe', json({ projectNumber: '123' })],
      ['projects describe 123', json({ projectId: 'acme-data' })],
      ['projects get-iam-policy acme-data', json({ bindings: [] })],
    ] as const
    expect(caseOf(subject, all)['connection']).not.toHaveProperty('access')
    const upTo = (bindings: readonly object[]) => [
      ...all,
      ['get-ancestors-iam-policy', json([{ id: '314159265358', type: 'folder', policy: { bindings } }])] as const,
    ]
    expect(caseOf(subject, upTo([]))).toMatchObject({ connection: { access: ['list', 'read'] }, documents: { bindings: [] } })
    expect(diagnoseCase(caseOf(subject, upTo([]))).findings).not.toEqual([])
    const viewer = { role: 'roles/storage.objectViewer', members: [`serviceAccount:${principal}`] }
    expect(diagnoseCase(caseOf(subject, upTo([viewer]))).findings).toEqual([])
  })
})

describe('a user of Alibaba Cloud', () => {
  const subject: EvidenceSubject = { cloud: 'aliyun', principal: 'acs:ram::9876543210987654:user/them' }
  const document = { Version: '1', Statement: [{ Effect: 'Allow', Action: 'oss:*', Resource: '*' }] }

  it('has the policies of its groups too', () => {
    const shown = caseOf(subject, [
      ['GetCallerIdentity', json({ AccountId: '9876543210987654' })],
      ['ListPoliciesForUser', json({ Policies: { Policy: [] } })],
      ['ListGroupsForUser', json({ Groups: { Group: [{ GroupName: 'readers' }] } })],
      ['ListPoliciesForGroup', json({ Policies: { Policy: [{ PolicyName: 'read', PolicyType: 'Custom' }] } })],
      ['GetPolicy --PolicyType Custom --PolicyName read', json({ DefaultPolicyVersion: { PolicyDocument: JSON.stringify(document) } })],
    ])
    expect(shown).toMatchObject({ documents: { ramPolicies: [document] }, notes: [] })
  })
})

describe('a role of Alibaba Cloud', () => {
  it('is refused nothing for certain by its own policies while those of the bucket are not known', () => {
    const roleArn = 'acs:ram::9876543210987654:role/acme'
    const place: EvidenceSubject = { cloud: 'aliyun', roleArn, location: 'oss://acme-lake/data/', access: ['list', 'read'] }
    const none = [
      ['GetCallerIdentity', json({ AccountId: '9876543210987654' })],
      ['ListPoliciesForRole', json({ Policies: { Policy: [] } })],
    ] as const
    expect(diagnoseCase(caseOf(place, none)).findings).toEqual([])
    const unset = { status: 1, text: 'oss: service returned error: ErrorCode=NoSuchBucketPolicy' }
    expect(diagnoseCase(caseOf(place, [...none, ['bucket-policy', unset]])).findings).not.toEqual([])
  })
})

describe('strange answers', () => {
  const subjects: readonly EvidenceSubject[] = [
    { cloud: 'aws', roleArn: 'arn:aws:iam::987654321987:role/acme', location: 's3://test-bucket-123/a.csv' },
    { cloud: 'aws', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    { cloud: 'gcp', principal: 'loader@acme-data.iam.gserviceaccount.com', location: 'gs://acme-lake/data/' },
    { cloud: 'azure', clientId: '22222222-2222-4222-8222-222222222222', location: 'https://lakedata.blob.core.windows.net/landing/data/' },
    { cloud: 'aliyun', roleArn: 'acs:ram::9876543210987654:role/acme', location: 'oss://acme-lake/data/' },
  ]
  /** Names that clients use, with values that they do not. */
  const names = [
    'Arn',
    'Account',
    'AccountId',
    'PolicyNames',
    'PolicyArn',
    'DefaultVersionId',
    'Statement',
    'bindings',
    'id',
    'identity',
    'Grants',
  ]
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('987654321987', '9876543210987654', 'arn:aws:iam::987654321987:role/acme', 'x', '', 3, true, null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('any'), { maxKeys: 3 }),
    ),
  })).any
  const answer = fc.oneof(
    value.map((one) => JSON.stringify(one)),
    fc.string(),
    fc.constant(refusal('NoSuchEntity')),
  )

  it.each(subjects)('are of no use and no harm: $cloud', (subject) => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 8 }), (answers) => {
        let turn = 0
        const given = new Map<string, Answer>()
        for (let wave = 0; wave < 4; wave++)
          for (const { words } of evidenceReads(subject, given)) {
            const found = answers[turn++ % answers.length] ?? ''
            if (!given.has(questionOf(words))) given.set(questionOf(words), typeof found === 'string' ? { status: 0, text: found } : found)
          }
        const { findings } = diagnoseCase(caseOfAnswers(subject, given))
        // That a role is not there is the one thing that a refusal alone may say.
        expect(findings.filter(({ certainty, cause }) => certainty === 'proved' && cause !== 'aws.sts.role_missing')).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
