import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AccessBoundaryRule } from './boundary.ts'
import { evaluateGoogleAccess, type GoogleDecision } from './evaluate.ts'
import type { GoogleIdentity } from './identity.ts'
import { storageResource, type IamBinding } from './policy.ts'

interface Case {
  readonly name: string
  readonly ask: { readonly identity: string; readonly permission: string; readonly key?: string; readonly listPrefix?: string }
  readonly bucket?: readonly IamBinding[]
  readonly project?: readonly IamBinding[]
  readonly roles?: { readonly [role: string]: readonly string[] }
  readonly boundary?: readonly AccessBoundaryRule[]
  readonly effect: GoogleDecision['effect']
  /** What kept each binding from matching, the bucket's first; with a question mark where it is not known. */
  readonly mismatches?: readonly (readonly string[])[]
  /** The same for each rule of the boundary. */
  readonly rules?: readonly (readonly string[])[]
}

const IDENTITIES: { readonly [name: string]: GoogleIdentity } = {
  anonymous: { kind: 'anonymous' },
  reader: { kind: 'service-account', email: 'reader@p.iam.gserviceaccount.com' },
  user: { kind: 'user', email: 'ann@example.com' },
  federated: {
    kind: 'federated',
    pool: 'projects/1/locations/global/workloadIdentityPools/sluice',
    subject: 'organization:o:project:p:connection:c',
    groups: ['readers'],
    attributes: { project: 'p' },
  },
}

const folder = new URL('../../testdata/google-iam/', import.meta.url)
const files = readdirSync(folder).map((name): { readonly topic: string; readonly cases: readonly Case[] } =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
)

function parts(explained: readonly { readonly mismatches: readonly { readonly part: string; readonly unknown?: true }[] }[]) {
  return explained.map(({ mismatches }) => mismatches.map(({ part, unknown }) => `${part}${unknown ? '?' : ''}`))
}

for (const file of files)
  describe(file.topic, () => {
    it.each(file.cases)('$name', ({ ask, bucket, project, roles = {}, boundary, effect, mismatches, rules }) => {
      const identity = IDENTITIES[ask.identity]
      if (!identity) throw new Error(`nobody is called ${ask.identity}`)
      const decision = evaluateGoogleAccess({
        identity,
        permission: ask.permission,
        resource: storageResource('b', ask.key),
        policies: [
          ...(bucket ? [{ attachedTo: 'projects/_/buckets/b', policy: { bindings: bucket } }] : []),
          ...(project ? [{ attachedTo: 'projects/p', policy: { bindings: project } }] : []),
        ],
        time: Date.parse('2026-11-22T10:00:00Z'),
        customRole: (role) => roles[role],
        ...(boundary ? { boundary: { accessBoundaryRules: boundary } } : {}),
        ...(ask.listPrefix === undefined ? {} : { objectListPrefix: ask.listPrefix }),
      })
      expect(decision.effect).toBe(effect)
      if (effect === 'allow') expect(decision.decidedBy?.matches).toBe(true)
      if (mismatches) expect(parts(decision.bindings)).toEqual(mismatches)
      if (rules) expect(parts(decision.boundary?.rules ?? [])).toEqual(rules)
    })
  })
