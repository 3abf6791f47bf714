import { describe, expect, it } from 'vitest'
import type { Json } from '../../json.ts'
import { diagnoseCase } from '../index.ts'

const IDENTITY = '33333333-3333-4333-8333-333333333333'
const ACCOUNT = '/subscriptions/2/resourceGroups/lake/providers/Microsoft.Storage/storageAccounts/lakedata'

/** An identity without any role for data, of which nobody tried anything. */
const shown = (accountSettings: { readonly [name: string]: Json }) =>
  diagnoseCase({
    cloud: 'azure',
    connection: {
      method: 'federation',
      principal: IDENTITY,
      location: 'https://lakedata.blob.core.windows.net/landing/data/',
      access: ['list', 'read'],
    },
    documents: { roles: [], accountSettings: { id: ACCOUNT, ...accountSettings } },
  })

describe('an identity without a role', () => {
  it('is refused for certain where there are roles alone', () => {
    expect(shown({ isHnsEnabled: false }).findings[0]).toMatchObject({ cause: 'azure.rbac.data_role', certainty: 'proved' })
  })

  it('may come in by an ACL where there is a hierarchical namespace', () => {
    const { verdict, findings, cannotTell } = shown({ isHnsEnabled: true })
    expect({ verdict, findings }).toEqual({ verdict: 'inconclusive', findings: [] })
    expect(cannotTell).toMatchObject([{ causes: ['azure.rbac.data_role', 'azure.hns.acl'], settle: { by: 'data-owner' } }])
  })
})
