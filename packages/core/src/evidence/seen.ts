import { parsedJson } from '../diagnosis/json-text.ts'
import type { Json } from '../json.ts'
import type { Asked } from './walk.ts'

/** The read of this name that was answered. */
export function answered(asked: readonly Asked[], id: string): Asked | undefined {
  return asked.find(({ read, answer }) => read.id === id && answer?.status === 0)
}

/** What was answered; undefined for what was refused or not asked. */
export function textOf({ answer }: Asked): string | undefined {
  return answer?.status === 0 ? answer.text : undefined
}

/** The JSON of what was answered; undefined for what is none. */
export function jsonOf(one: Asked): Json | undefined {
  return parsedJson(textOf(one))
}

/** What a read that was refused was told. */
export function refusalOf({ answer }: Asked): string | undefined {
  return answer === undefined || answer.status === 0 ? undefined : answer.text
}

/** The value of an option in the words of a read: `--key-id=VALUE`. */
export function optionOf({ words }: Asked, name: string): string {
  return words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}

/** Whether a read was refused or not made, or its answer leads to more than was followed. */
export function isStrange({ answer, isWhole }: Asked): boolean {
  return answer?.status !== 0 || !isWhole
}

/** The JSON of the one read of this name that was answered. */
export function valueOf(asked: readonly Asked[], id: string): Json | undefined {
  const one = answered(asked, id)
  return one === undefined ? undefined : jsonOf(one)
}

/** The documents that are known. */
export function known(documents: { readonly [name: string]: Json | undefined }): { readonly [name: string]: Json } {
  return Object.fromEntries(Object.entries(documents).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
