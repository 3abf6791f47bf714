import type { Json } from './json.ts'

/** Who can make a change: we, the customer's cloud admin, the owner of the data, or the customer's organization. */
export type Actor = 'platform' | 'cloud-admin' | 'data-owner' | 'organization'

/** One step of an RFC 6902 patch to the customer's own document. */
export interface PatchStep {
  readonly op: 'add' | 'remove' | 'replace'
  readonly path: string
  readonly value?: Json
}

/** What to change, where, by whom; what else that may break and how to undo it; how to see that it worked. */
export interface Remedy {
  readonly who: Actor
  readonly where: string
  readonly summary: string
  readonly patch?: readonly PatchStep[]
  /** The document that the patch is of, by its place in the case: `documents.rolePolicies[0]`. */
  readonly document?: string
  /** A document or statement to paste. */
  readonly snippet?: string
  readonly command?: string
  readonly terraform?: string
  readonly risk?: string
  readonly undo?: string
  readonly verify: string
}

/** How sure a finding is. `proved`: an inside document shows it and the patched document allows. `group`: cannot be told apart from outside. */
export type Certainty = 'proved' | 'strong' | 'consistent' | 'group'

/** One cause of a denial with its certainty and evidence. */
export interface Finding {
  readonly cause: string
  readonly title: string
  /** What is the matter, in a sentence or two. */
  readonly meaning: string
  readonly certainty: Certainty
  readonly alternatives: readonly string[]
  readonly evidence: { readonly for: readonly string[]; readonly against: readonly string[] }
  readonly affects: readonly ('assume' | 'list' | 'read' | 'write' | 'delete')[]
  readonly remedy: Remedy
  /** Pages of the vendor. */
  readonly links: readonly string[]
  /** The one read that would settle what cannot be told from outside. */
  readonly settle?: { readonly read: string; readonly by: Actor; readonly command: string }
}
