import type { Actor, PatchStep } from '../finding.ts'
import type { Failure } from './failure.ts'
import type { Facts } from './facts.ts'
import type { Capability, OpenQuestion } from './report.ts'

/** A text in each language that reports are written in. */
export interface Said {
  readonly en: string
  readonly zh: string
}

/** A text that is the same in every language, or one in each. */
export type Text = string | Said

/**
 * How a cause stands to one refusal.
 *
 * `proved`: a document from inside shows it, and with the patch applied the evaluator allows what was refused.
 * `named`: the cloud's own text names it. `possible`: nothing speaks against it.
 */
export interface Explanation {
  readonly fits: 'proved' | 'named' | 'possible'
  /** What was seen that speaks for it: sentences. */
  readonly for: readonly Text[]
  /** What was seen that a reader might take for the contrary. */
  readonly against?: readonly Text[]
  /** Of causes that fit alike, the likelier come first; 0 where nothing is said. Order alone: it makes nothing more certain. */
  readonly likelihood?: number
  /** Values for the remedy's texts: names of roles, buckets, actions. Never a secret. */
  readonly values?: { readonly [name: string]: string }
  /** The smallest change of the customer's own document, and which document that is. */
  readonly patch?: { readonly document: string; readonly steps: readonly PatchStep[] }
  /** What to paste, run or write for the patch: for these steps, or more of them where one finding has several. */
  readonly linesFor?: (steps: readonly PatchStep[]) => Pick<Explanation, 'snippet' | 'command' | 'terraform'>
  /** What to paste, run or write, where it depends on this occurrence. */
  readonly snippet?: string
  readonly command?: string
  readonly terraform?: string
}

/** What one cause is, and how it is known. One of these for each code of the taxonomy. */
export interface Cause {
  /** Stable and documented: `aws.id.object_arn`. */
  readonly code: string
  readonly cloud: 'aws' | 'gcp' | 'azure' | 'aliyun'
  /**
   * Where on a request's way it stands: what comes first is met first. Credential and clock, then trust, then the place (region, bucket),
   * then network, organization, policies, keys, ownership, state of the object.
   */
  readonly layer: 'credential' | 'trust' | 'place' | 'network' | 'organization' | 'policy' | 'key' | 'ownership' | 'object' | 'settings'
  readonly title: Said
  /** What is the matter, in a sentence or two, with {values}. */
  readonly meaning: Said
  readonly remedy: {
    readonly who: Actor
    /** Console path, in the vendor's own words. */
    readonly where: Said
    readonly summary: Said
    readonly risk: Said
    readonly undo: Said
    readonly verify: Said
  }
  /** The read that would settle it, where it cannot be told from outside. */
  readonly settle?: NonNullable<OpenQuestion['settle']>
  /** Pages of the vendor. */
  readonly links: readonly string[]
  /** Codes that cannot be told from this one from outside, whatever is tried. */
  readonly inseparable?: readonly string[]
  /** What each request would show if it held, for the documents. */
  readonly symptom: Said
  /** How it stands to a refusal; undefined where it does not explain it. */
  explain(failure: Failure, facts: Facts): Explanation | undefined
  /** For causes that break nothing and should not be: seen in what works. */
  notice?(facts: Facts): Explanation | undefined
}

/** A cause that was found, before it is a finding. */
export interface Found {
  readonly cause: Cause
  readonly explanation: Explanation
  readonly alternatives: readonly Cause[]
  readonly affects: readonly Capability[]
}
