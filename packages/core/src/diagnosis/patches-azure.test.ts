import { describe, expect, it } from 'vitest'
import { objectOf } from '../../test/diagnosis/object-of.ts'
import { objectsOf, patchedCases, textOf, titleOf, type PatchedCase } from '../../test/diagnosis/patched-cases.ts'
import type { BlobOperation } from '../azure/blob-operations.ts'
import { evaluateRbac } from '../azure/rbac/evaluate.ts'
import { readRoleAssignments, readRoleDefinitions } from '../azure/rbac/read.ts'
import type { JsonObject } from '../json.ts'

const patched = patchedCases('azure').filter(({ finding }) => finding.cause === 'azure.rbac.data_role')

const STRANGER = '00000000-0000-4000-8000-00000000beef'
const OBJECT: readonly BlobOperation[] = ['GetBlob', 'GetBlobProperties', 'PutBlob', 'CreateBlob', 'DeleteBlob', 'SetBlobMetadata']
const PATHS = ['data/part-0001.csv', 'data/2026/deep.csv', 'data', 'data-neighbour/a.csv', 'other/a.csv', 'a.csv']
const PREFIXES = ['data/', 'data/2026/', 'data', 'other/', '']
const ACCESS: { readonly [operation in BlobOperation]?: string } = {
  ListBlobs: 'list',
  GetBlob: 'read',
  GetBlobProperties: 'read',
  PutBlob: 'write',
  CreateBlob: 'write',
  SetBlobMetadata: 'write',
  DeleteBlob: 'delete',
}

interface Ask {
  readonly principal: string
  readonly operation: BlobOperation
  readonly container: string
  readonly path?: string
  readonly prefix?: string
}

/** The account that the patch is about: a scope of the new assignment begins with its id. */
function accountOf({ finding }: PatchedCase): string {
  return /\/subscriptions\/[^"]+?\/storageAccounts\/[a-z0-9]+/.exec(JSON.stringify(finding.remedy.patch))?.[0] ?? ''
}

/** The container and folder of the connection. */
function placeOf({ scenario }: PatchedCase): { readonly container: string; readonly folder: string } {
  const location = textOf(objectOf(scenario.case['connection'])['location'])
  const [, container = '', folder = ''] = /windows\.net\/([^/?]+)\/?([^?]*)/.exec(location) ?? []
  return { container, folder }
}

/** Whom the patch is for. */
function callerOf({ finding }: PatchedCase): string {
  return /"principalId":"([^"]+)"/.exec(JSON.stringify(finding.remedy.patch))?.[1] ?? ''
}

function isAllowed({ principal, operation, container, path, prefix }: Ask, accountId: string, documents: JsonObject): boolean {
  const about = {
    accountId,
    container,
    ...(path === undefined ? {} : { path, isCurrentVersion: true }),
    ...(prefix === undefined ? {} : { prefix }),
  }
  const roles = objectsOf(documents['roles'])
  return (
    evaluateRbac({
      principalIds: [principal],
      operation,
      resource: about,
      assignments: readRoleAssignments([...roles]),
      definitions: readRoleDefinitions([...roles]),
    }).outcome === 'allowed'
  )
}

function everyAsk(principal: string, own: string): readonly Ask[] {
  return [own, `${own}-neighbour`].flatMap((container): readonly Ask[] => [
    ...OBJECT.flatMap((operation) => PATHS.map((path): Ask => ({ principal, operation, container, path }))),
    ...PREFIXES.map((prefix): Ask => ({ principal, operation: 'ListBlobs', container, prefix })),
    { principal, operation: 'DeleteContainer', container },
    { principal, operation: 'CreateContainer', container },
  ])
}

function isAsked({ operation, container, path, prefix }: Ask, one: PatchedCase): boolean {
  const access = objectOf(one.scenario.case['connection'])['access']
  const asked = [...(Array.isArray(access) ? access.map(textOf) : []), ...one.finding.affects]
  const place = placeOf(one)
  const inside = (path ?? prefix ?? '').startsWith(place.folder)
  // Who is for the whole container may see that it is there.
  const isOfContainer = path === undefined && prefix === undefined
  return container === place.container && !isOfContainer && inside && asked.includes(ACCESS[operation] ?? '')
}

describe('a patch of Azure’s role assignments', () => {
  it('there are some to look at', () => expect(patched.length).toBeGreaterThan(7))

  it.each(patched.map((one) => [titleOf(one), one] as const))('%s lets the caller do what was refused', (_, one) => {
    const { container, folder } = placeOf(one)
    const wants = one.finding.affects.flatMap((affected): readonly Ask[] => {
      const at = { principal: callerOf(one), container }
      if (affected === 'list') return [{ ...at, operation: 'ListBlobs', prefix: folder }]
      if (affected === 'read') return [{ ...at, operation: 'GetBlob', path: `${folder}part-0001.csv` }]
      if (affected === 'delete') return [{ ...at, operation: 'DeleteBlob', path: `${folder}part-0001.csv` }]
      return affected === 'write' ? [{ ...at, operation: 'PutBlob', path: `${folder}part-0001.csv` }] : []
    })
    for (const want of wants) {
      expect(isAllowed(want, accountOf(one), one.before), JSON.stringify(want)).toBe(false)
      expect(isAllowed(want, accountOf(one), one.after), JSON.stringify([want, one.finding.remedy.patch])).toBe(true)
    }
    expect(wants.length > 0 || one.finding.affects.includes('assume')).toBe(true)
  })

  it.each(patched.map((one) => [titleOf(one), one] as const))('%s allows nothing beyond what was asked', (_, one) => {
    const account = accountOf(one)
    const opened = [callerOf(one), STRANGER]
      .flatMap((principal) => everyAsk(principal, placeOf(one).container))
      .filter((ask) => isAllowed(ask, account, one.after) && !isAllowed(ask, account, one.before))
      .filter((ask) => ask.principal === STRANGER || !isAsked(ask, one))
    expect(opened).toEqual([])
  })
})
