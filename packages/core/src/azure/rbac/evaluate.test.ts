import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlobOperation } from '../blob-operations.ts'
import { ALL_PRINCIPALS, readDenyAssignments } from './deny.ts'
import { evaluateRbac } from './evaluate.ts'
import { readRoleAssignments, readRoleDefinitions } from './read.ts'
import { BUILT_IN_ROLES } from './roles.ts'
import type { BlobResource, DenyAssignment, RoleAssignment, RoleDefinition } from './types.ts'

const SUBSCRIPTION = '/subscriptions/22222222-2222-4222-8222-222222222222'
const ACCOUNT = `${SUBSCRIPTION}/resourceGroups/lake/providers/Microsoft.Storage/storageAccounts/lakedata`
const CONTAINER = `${ACCOUNT}/blobServices/default/containers/landing`
const ME = 'aaaaaaaa-0000-4000-8000-000000000000'
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'

const roleId = (name: string): string => BUILT_IN_ROLES.find((role) => role.name === name)?.id ?? name

function assignment(role: string, scope = ACCOUNT, more: Partial<RoleAssignment> = {}): RoleAssignment {
  return {
    principalId: ME,
    roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${roleId(role)}`,
    scope,
    ...more,
  }
}

function ask(
  operation: BlobOperation,
  assignments: readonly RoleAssignment[],
  resource: Partial<BlobResource> = {},
  definitions: readonly RoleDefinition[] = [],
) {
  return evaluateRbac({
    principalIds: [ME],
    operation,
    resource: { accountId: ACCOUNT, container: 'landing', path: 'dir/k', ...resource },
    assignments,
    definitions,
  })
}

describe('roles', () => {
  it.each<[string, BlobOperation, 'allowed' | 'denied']>([
    ['Storage Blob Data Reader', 'GetBlob', 'allowed'],
    ['Storage Blob Data Reader', 'ListBlobs', 'allowed'],
    ['Storage Blob Data Reader', 'GetUserDelegationKey', 'allowed'],
    ['Storage Blob Data Reader', 'PutBlob', 'denied'],
    ['Storage Blob Data Reader', 'DeleteBlob', 'denied'],
    ['Storage Blob Data Contributor', 'PutBlob', 'allowed'],
    ['Storage Blob Data Contributor', 'DeleteBlob', 'allowed'],
    ['Storage Blob Data Contributor', 'DeleteBlobVersion', 'denied'],
    ['Storage Blob Data Owner', 'DeleteBlobVersion', 'allowed'],
    ['Storage Blob Delegator', 'GetUserDelegationKey', 'allowed'],
    ['Storage Blob Delegator', 'GetBlob', 'denied'],
    ['Reader', 'GetBlob', 'denied'],
    ['Reader', 'GetContainerProperties', 'allowed'],
    ['Contributor', 'GetBlob', 'denied'],
    ['Contributor', 'GetUserDelegationKey', 'allowed'],
    ['Owner', 'ListBlobs', 'denied'],
    ['Storage Account Contributor', 'GetBlob', 'denied'],
  ])('%s: %s is %s', (role, operation, expected) => expect(ask(operation, [assignment(role)]).outcome).toBe(expected))

  it('say what was needed and why each assignment did not do', () => {
    const decision = ask('PutBlob', [
      assignment('Storage Blob Data Reader'),
      assignment('Owner'),
      assignment('Storage Blob Data Owner', `${SUBSCRIPTION}/resourceGroups/other`),
      assignment('Storage Blob Data Owner', ACCOUNT, { principalId: 'somebody' }),
    ])
    expect(decision.needed).toEqual([{ plane: 'dataAction', name: `${BLOBS}/write` }])
    expect(decision.explanations.map(({ grants, ...rest }) => [grants, 'because' in rest ? rest.because : ''])).toEqual([
      ['no', 'role'],
      ['no', 'role'],
      ['no', 'scope'],
      ['no', 'principal'],
    ])
    const [first] = decision.explanations
    expect(first && 'detail' in first && first.detail).toBe(
      `The role Storage Blob Data Reader does not allow the data action ${BLOBS}/write.`,
    )
  })

  it('that are not known leave the question open', () => {
    expect(ask('GetBlob', [assignment('33333333-3333-4333-8333-333333333333')]).outcome).toBe('unknown')
    expect(ask('GetBlob', [assignment('33333333-3333-4333-8333-333333333333'), assignment('Storage Blob Data Reader')]).outcome).toBe(
      'allowed',
    )
  })

  it('of one’s own take away by name what they give by pattern', () => {
    const [custom] = readRoleDefinitions([
      {
        name: '44444444-4444-4444-8444-444444444444',
        roleName: 'Everything but delete',
        permissions: [{ actions: [], notActions: [], dataActions: [`${BLOBS}/*`], notDataActions: [`${BLOBS.toUpperCase()}/DELETE`] }],
      },
    ])
    if (!custom) throw new Error('The definition was expected to be read')
    expect(ask('PutBlob', [assignment(custom.id)], {}, [custom]).outcome).toBe('allowed')
    expect(ask('DeleteBlob', [assignment(custom.id)], {}, [custom]).outcome).toBe('denied')
    expect(ask('DeleteBlob', [assignment(custom.id), assignment('Storage Blob Data Contributor')], {}, [custom]).outcome).toBe('allowed')
  })
})

describe('scopes', () => {
  it.each<[string, 'allowed' | 'denied' | 'unknown']>([
    ['/', 'allowed'],
    [SUBSCRIPTION, 'allowed'],
    [`${SUBSCRIPTION}/`, 'allowed'],
    [SUBSCRIPTION.toUpperCase(), 'allowed'],
    [`${SUBSCRIPTION}/resourceGroups/LAKE`, 'allowed'],
    [`${SUBSCRIPTION}/resourceGroups/lak`, 'denied'],
    [ACCOUNT, 'allowed'],
    [`${ACCOUNT}2`, 'denied'],
    [CONTAINER, 'allowed'],
    [`${CONTAINER}-2`, 'denied'],
    ['/subscriptions/33333333-3333-4333-8333-333333333333', 'denied'],
    ['/providers/Microsoft.Management/managementGroups/root', 'unknown'],
  ])('%s: %s', (scope, expected) => expect(ask('GetBlob', [assignment('Storage Blob Data Reader', scope)]).outcome).toBe(expected))

  it('of management groups are known where the groups are', () => {
    const root = assignment('Storage Blob Data Reader', '/providers/Microsoft.Management/managementGroups/Root')
    expect(ask('GetBlob', [root], { managementGroups: ['root', 'platform'] }).outcome).toBe('allowed')
    expect(ask('GetBlob', [root], { managementGroups: ['other'] }).outcome).toBe('denied')
    expect(ask('PutBlob', [root]).outcome).toBe('denied')
  })

  it('of a container give no right on the account: a delegation key is the account’s', () => {
    expect(ask('GetUserDelegationKey', [assignment('Storage Blob Data Owner', CONTAINER)]).outcome).toBe('denied')
    expect(ask('GetUserDelegationKey', [assignment('Storage Blob Data Owner')]).outcome).toBe('allowed')
  })
})

const ON_PATH = `(
 (!(ActionMatches{'${BLOBS}/read'} AND NOT SubOperationMatches{'Blob.List'}) AND !(ActionMatches{'${BLOBS}/write'}))
 OR (@Resource[${BLOBS}:path] StringStartsWith 'dir/')
) AND (
 (!(ActionMatches{'${BLOBS}/read'} AND SubOperationMatches{'Blob.List'}))
 OR (@Request[${BLOBS}:prefix] StringStartsWith 'dir/')
)`

describe('conditions', () => {
  const under = (
    condition: string,
    operation: BlobOperation,
    resource: Partial<BlobResource> = {},
    role = 'Storage Blob Data Contributor',
  ) => ask(operation, [assignment(role, ACCOUNT, { condition })], resource).outcome

  it.each<[BlobOperation, Partial<BlobResource>, string]>([
    ['GetBlob', { path: 'dir/k' }, 'allowed'],
    ['GetBlob', { path: 'other/k' }, 'denied'],
    ['PutBlob', { path: 'dir/k' }, 'allowed'],
    ['PutBlob', { path: 'other/k' }, 'denied'],
    ['DeleteBlob', { path: 'other/k' }, 'allowed'],
    ['ListBlobs', { prefix: 'dir/' }, 'allowed'],
    ['ListBlobs', { prefix: 'di' }, 'denied'],
    ['ListBlobs', {}, 'denied'],
    ['GetUserDelegationKey', {}, 'allowed'],
  ])('narrow to a path: %s of %o is %s', (operation, resource, expected) => expect(under(ON_PATH, operation, resource)).toBe(expected))

  it.each<[string, 'allowed' | 'denied' | 'unknown']>([
    [`@Resource[${BLOBS}:path] StringLike 'd*/k'`, 'allowed'],
    [`@Resource[${BLOBS}:path] StringLike 'd\\*/k'`, 'denied'],
    [`@Resource[${BLOBS}:path] StringLike 'DIR/?'`, 'denied'],
    [`@Resource[${BLOBS}:path] StringLikeIgnoreCase 'DIR/?'`, 'allowed'],
    [`@Resource[${BLOBS}:path] StringNotStartsWith 'dir/'`, 'denied'],
    [`'dir/k' StringEquals @Resource[${BLOBS}:path]`, 'allowed'],
    [`@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'landing'`, 'allowed'],
    [
      `@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] ForAnyOfAnyValues:StringEquals {'a', 'landing'}`,
      'allowed',
    ],
    [`@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] ForAllOfAllValues:StringEquals {'a', 'landing'}`, 'denied'],
    [`@resource[microsoft.storage/storageaccounts:name] stringequals 'lakedata'`, 'allowed'],
    [`NOT @Resource[${BLOBS}:path] StringStartsWith 'other/'`, 'allowed'],
    [`@Environment[isPrivateLink] BoolEquals true`, 'unknown'],
    [`@Environment[isPrivateLink] BoolEquals true OR @Resource[${BLOBS}:path] StringStartsWith 'dir/'`, 'allowed'],
    [`@Environment[isPrivateLink] BoolEquals true AND @Resource[${BLOBS}:path] StringStartsWith 'other/'`, 'denied'],
    [`@Resource[${BLOBS}:path] StringSoundsLike 'dir'`, 'unknown'],
    [`@Request[${BLOBS}:prefix] StringStartsWith 'dir/'`, 'denied'],
    [`Exists @Request[${BLOBS}:prefix]`, 'denied'],
    [`NotExists @Request[${BLOBS}:prefix]`, 'allowed'],
    [`Exists @Resource[Microsoft.Storage/storageAccounts/encryptionScopes:name]`, 'unknown'],
    ['when the moon is full', 'unknown'],
    ['', 'unknown'],
    ["(ActionMatches{'*'}", 'unknown'],
    ["ActionMatches{'*'}", 'allowed'],
    [`ActionMatches{'${BLOBS}/write'}`, 'denied'],
  ])('%s: %s', (condition, expected) => expect(under(condition, 'GetBlob')).toBe(expected))

  it('without the action they are meant for leave actions of the control plane open', () => {
    expect(under(`@Resource[${BLOBS}:path] StringStartsWith 'dir/'`, 'GetUserDelegationKey', {}, 'Storage Blob Delegator')).not.toBe(
      'denied',
    )
  })

  it('of one assignment do not narrow another', () => {
    const narrow = assignment('Storage Blob Data Reader', ACCOUNT, { condition: `@Resource[${BLOBS}:path] StringStartsWith 'other/'` })
    expect(ask('GetBlob', [narrow]).outcome).toBe('denied')
    expect(ask('GetBlob', [narrow, assignment('Storage Blob Data Reader')]).outcome).toBe('allowed')
  })
})

it('reads what the Azure CLI prints', () => {
  expect(
    readRoleAssignments([
      {
        condition: null,
        conditionVersion: null,
        id: `${ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/5`,
        principalId: ME,
        principalType: 'ServicePrincipal',
        roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1`,
        roleDefinitionName: 'Storage Blob Data Reader',
        scope: ACCOUNT,
        type: 'Microsoft.Authorization/roleAssignments',
      },
      { principalId: ME },
      'nonsense',
    ]),
  ).toEqual([{ ...assignment('Storage Blob Data Reader'), roleDefinitionName: 'Storage Blob Data Reader' }])
  expect(readRoleAssignments({ error: 'none' })).toEqual([])
})

describe('properties', () => {
  const operations = fc.constantFrom<BlobOperation>(
    'GetBlob',
    'ListBlobs',
    'PutBlob',
    'CreateBlob',
    'DeleteBlob',
    'GetUserDelegationKey',
    'GetContainerProperties',
  )
  const conditions = fc.constantFrom(
    undefined,
    ON_PATH,
    `@Resource[${BLOBS}:path] StringStartsWith 'dir/'`,
    `@Environment[isPrivateLink] BoolEquals true`,
    'nonsense',
  )
  const assignments = fc
    .record({
      role: fc.constantFrom(...BUILT_IN_ROLES.map(({ name }) => name), '33333333-3333-4333-8333-333333333333'),
      scope: fc.constantFrom('/', SUBSCRIPTION, ACCOUNT, CONTAINER, `${ACCOUNT}2`, '/providers/Microsoft.Management/managementGroups/root'),
      principalId: fc.constantFrom(ME, 'somebody'),
      condition: conditions,
    })
    .map(({ role, scope, principalId, condition }) =>
      assignment(role, scope, { principalId, ...(condition === undefined ? {} : { condition }) }),
    )
  const lists = fc.array(assignments, { maxLength: 4 })
  const resources = fc.record({ path: fc.constantFrom('dir/k', 'other/k'), prefix: fc.constantFrom('dir/', '') })
  const rank = { denied: 0, unknown: 1, allowed: 2 } as const
  const RUNS = { numRuns: 1000 }

  it('an assignment more takes nothing away', () => {
    fc.assert(
      fc.property(operations, lists, assignments, resources, (operation, given, more, resource) => {
        const [before, after] = [ask(operation, given, resource), ask(operation, [...given, more], resource)]
        expect(rank[after.outcome]).toBeGreaterThanOrEqual(rank[before.outcome])
      }),
      RUNS,
    )
  })

  it('a wider scope takes nothing away', () => {
    fc.assert(
      fc.property(operations, lists, resources, (operation, given, resource) => {
        const wider = given.map((one) => (one.scope === CONTAINER ? { ...one, scope: ACCOUNT } : one))
        expect(rank[ask(operation, wider, resource).outcome]).toBeGreaterThanOrEqual(rank[ask(operation, given, resource).outcome])
      }),
      RUNS,
    )
  })

  it('a condition gives nothing', () => {
    fc.assert(
      fc.property(operations, lists, resources, (operation, given, resource) => {
        const bare = given.map(({ condition: _, ...one }) => one)
        expect(rank[ask(operation, given, resource).outcome]).toBeLessThanOrEqual(rank[ask(operation, bare, resource).outcome])
      }),
      RUNS,
    )
  })

  it('what allows is one assignment alone, and the order of them says nothing', () => {
    fc.assert(
      fc.property(operations, lists, resources, (operation, given, resource) => {
        const decision = ask(operation, given, resource)
        expect(ask(operation, given.toReversed(), resource).outcome).toBe(decision.outcome)
        const alone = given.map((one) => rank[ask(operation, [one], resource).outcome])
        expect(rank[decision.outcome]).toBe(Math.max(0, ...alone))
      }),
      RUNS,
    )
  })

  it('no condition can throw', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '!',
      'AND',
      'OR',
      'NOT',
      "'a'",
      '{',
      '}',
      ',',
      `@Resource[${BLOBS}:path]`,
      'StringEquals',
      'ActionMatches',
      'Exists',
      '@',
      '1',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (list) => {
        expect(['allowed', 'denied', 'unknown']).toContain(
          ask('GetBlob', [assignment('Storage Blob Data Reader', ACCOUNT, { condition: list.join(' ') })]).outcome,
        )
      }),
      RUNS,
    )
  })
})

describe('deny assignments', () => {
  const denies = (dataActions: readonly string[], more: Partial<DenyAssignment> = {}): DenyAssignment => ({
    principalIds: [ALL_PRINCIPALS],
    excludedPrincipalIds: [],
    scope: ACCOUNT,
    permissions: [{ actions: [], notActions: [], dataActions, notDataActions: [] }],
    ...more,
  })
  const asked = (operation: BlobOperation, role: string, denials: readonly DenyAssignment[]) =>
    evaluateRbac({
      principalIds: [ME],
      operation,
      resource: { accountId: ACCOUNT, container: 'landing', path: 'dir/k' },
      assignments: [assignment(role)],
      denials,
    }).outcome

  it.each<[string, BlobOperation, string, DenyAssignment, 'allowed' | 'denied']>([
    ['everybody', 'GetBlob', 'Storage Blob Data Owner', denies([`${BLOBS}/read`]), 'denied'],
    ['me', 'GetBlob', 'Storage Blob Data Owner', denies(['*/read'], { principalIds: [ME.toUpperCase()] }), 'denied'],
    ['everybody but me', 'GetBlob', 'Storage Blob Data Reader', denies(['*'], { excludedPrincipalIds: [ME] }), 'allowed'],
    ['somebody else', 'GetBlob', 'Storage Blob Data Reader', denies(['*'], { principalIds: ['b'] }), 'allowed'],
    ['another operation', 'GetBlob', 'Storage Blob Data Reader', denies([`${BLOBS}/write`]), 'allowed'],
    ['another container', 'GetBlob', 'Storage Blob Data Reader', denies(['*'], { scope: `${CONTAINER}2` }), 'allowed'],
    ['writing, where adding does too', 'CreateBlob', 'Storage Blob Data Contributor', denies([`${BLOBS}/write`]), 'allowed'],
    ['writing, where nothing else does', 'PutBlob', 'Storage Blob Data Contributor', denies([`${BLOBS}/write`]), 'denied'],
  ])('that mean %s', (_, operation, role, denial, expected) => expect(asked(operation, role, [denial])).toBe(expected))

  it('are read as Resource Manager answers with them, and what is none is left out', () => {
    const properties = {
      denyAssignmentName: 'stack',
      scope: ACCOUNT,
      principals: [{ id: ALL_PRINCIPALS, type: 'SystemDefined' }, 'x'],
      excludePrincipals: [{ id: ME }, {}],
      permissions: [{ dataActions: ['*'] }],
    }
    const permissions = [{ actions: [], notActions: [], dataActions: ['*'], notDataActions: [] }]
    const read = { name: 'stack', scope: ACCOUNT, principalIds: [ALL_PRINCIPALS], excludedPrincipalIds: [ME], permissions }
    expect(readDenyAssignments({ value: [{ properties }, 'x', { properties: {} }] })).toEqual([read])
    expect(readDenyAssignments([properties])).toEqual([read])
    expect(readDenyAssignments('x')).toEqual([])
  })
})
