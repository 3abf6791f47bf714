import type { Json } from '../json.ts'
import type { Said } from '../diagnosis/cause.ts'
import type { Asked } from './walk.ts'
import type { EvidenceRead, EvidenceValues } from './read.ts'
import type { EvidenceSubject } from './subject.ts'

/** What one cloud brings to reading with the customer's own eyes. Pure. */
export interface CloudEvidence {
  readonly cloud: EvidenceSubject['cloud']
  /** The client's command. */
  readonly client: string
  /** What the client is called, and where its makers say how to get it. */
  readonly product: string
  /** Variables of the environment that make its output one thing a line, and keep it from asking. */
  readonly environment: { readonly [name: string]: string }
  /** What there is to read of a subject, with the values known before anything is read; nothing where the subject names nothing to read. */
  plan(subject: EvidenceSubject): EvidencePlan
  /** What the answers show. */
  gather(subject: EvidenceSubject, asked: readonly Asked[]): Gathered
}

/** The reads of one subject. */
export interface EvidencePlan {
  readonly values: EvidenceValues
  readonly reads: readonly EvidenceRead[]
}

/** Parts of a case document. What was refused, or is strange, is in none of them. */
export interface Gathered {
  readonly documents: { readonly [name: string]: Json }
  readonly observations: readonly Json[]
  /** Documents that are known not to be there, whatever was read before. */
  readonly isAbsent?: readonly string[]
  /** The reads that are about the subject, and those of them that showed nothing that can be used. */
  readonly used: readonly Asked[]
  readonly unknown: readonly Asked[]
  /** Whether more than what was read may let the subject in, so that what it lacks refuses nothing for certain. */
  readonly isPartial?: boolean
  /** Why what was read cannot be about the subject. */
  readonly misplaced?: Said
}
