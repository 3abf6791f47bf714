import { createHash } from 'node:crypto'
import type { Clock, MetadataStore, Random } from '@sluice/core'
import type { Identity } from './http/deps.ts'
import { base32 } from './ids.ts'

/** Issues and recognises API tokens. Only a hash is kept: a token has 160 random bits, so that a plain SHA-256 gives nothing to guess at. */
export function createTokens(deps: { readonly store: MetadataStore; readonly clock: Clock; readonly random: Random }) {
  const { store, clock, random } = deps
  return {
    authenticate: async (token: string): Promise<Identity | undefined> => {
      const record = await store.tokens.findByHash(hashOf(token))
      if (record === undefined) return undefined
      const project = await store.projects.get(record.project)
      if (project === undefined) return undefined
      return { organization: project.organization, project: project.id, actor: `token:${record.id}` }
    },
    issue: async (project: string, name: string): Promise<string> => {
      const token = `sluice_${base32(32, random)}`
      const id = `tok_${base32(20, random)}`
      await store.tokens.create({ id, project, name, hash: hashOf(token), createdAt: new Date(clock.now()).toISOString() })
      return token
    },
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
