import type { Artifact, JsonObject } from '@sluice/core'
import { jsonText } from './json-text.ts'

/** `bucket-policy` for the only one, `bucket-policy-2` for the second of several. */
export function numbered(id: string, index: number, all: readonly unknown[]): string {
  return all.length > 1 ? `${id}-${index + 1}` : id
}

/** A JSON document to paste. */
export function jsonArtifact(id: string, title: string, document: JsonObject): Artifact {
  return { id, title, filename: `${id}.json`, language: 'json', text: jsonText(document), document }
}
