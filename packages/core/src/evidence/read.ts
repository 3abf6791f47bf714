import type { Said } from '../diagnosis/cause.ts'

/**
 * One read of the customer's configuration, made with a command line client of the cloud's vendor: by the customer, in a script, or on the machine
 * where Sluice's own command line runs. It changes nothing.
 */
export interface EvidenceRead {
  /** What is read: `role`, `bucket-policy` … */
  readonly id: string
  /** The client's words. `{name}` stands for a value, `{name:4}` and `{name/4}` for the fourth of its parts between colons or slashes. */
  readonly command: readonly string[]
  /** What it is good for, for whoever is asked to run it. */
  readonly tells: Said
  /** The permission it takes. */
  readonly needs: string
  /** Without an answer to it nobody is signed in, and the rest would be refused too. */
  readonly signsIn?: boolean
  /** What is read for each of some values that it answers. */
  readonly next?: readonly FurtherReads[]
}

/** Reads that another's answer leads to. */
export interface FurtherReads {
  /** The name that each of the values goes by in the commands. */
  readonly each: string
  readonly of: ValuesOf
  readonly reads: readonly EvidenceRead[]
}

/**
 * Which values of an answer are meant, whose JSON has one thing a line. `text`: every text under this name. `items`: the texts of the list under this
 * name. `pair`: the texts under two names of the same object, with a colon between.
 */
export type ValuesOf =
  | { readonly kind: 'text'; readonly name: string; readonly startsWith?: string }
  | { readonly kind: 'items'; readonly name: string }
  | { readonly kind: 'pair'; readonly names: readonly [first: string, second: string] }

/** Of more values than that in one answer, nobody reads on. */
export const MOST_VALUES = 50

/** Values by their names. */
export type EvidenceValues = { readonly [name: string]: string }

/** What in a word stands for a value. */
export const PLACE = /\{(\w+)(?:([:/])(\d))?\}/g

/** The values that a command needs, by their names. */
export function namesOf({ command }: EvidenceRead): readonly string[] {
  return command.flatMap((word) => [...word.matchAll(PLACE)].map(([, name = '']) => name))
}

/** These reads, and all that their answers lead to. */
export function allReads(reads: readonly EvidenceRead[]): readonly EvidenceRead[] {
  return reads.flatMap((read) => [read, ...allReads((read.next ?? []).flatMap((one) => one.reads))])
}

/** The words of a command with the values in their places; undefined where one of them is not known. */
export function wordsOf(read: EvidenceRead, values: EvidenceValues): readonly string[] | undefined {
  return namesOf(read).some((name) => values[name] === undefined) ? undefined : read.command.map((word) => filled(word, values))
}

function filled(word: string, values: EvidenceValues): string {
  return word.replaceAll(PLACE, (_, name: string, between: string | undefined, part: string) => {
    const value = values[name] ?? ''
    return between === undefined ? value : partOf(value, between, Number(part))
  })
}

/** As `cut` has it: a text that is not cut is its own every part. */
function partOf(value: string, between: string, part: number): string {
  return value.includes(between) ? (value.split(between)[part - 1] ?? '') : value
}
