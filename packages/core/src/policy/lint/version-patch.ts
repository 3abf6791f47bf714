import type { PatchStep } from '../../finding.ts'
import type { JsonObject } from '../../json.ts'

/** Sets the version of a document to the one in use. */
export function versionPatch(document: JsonObject): readonly PatchStep[] {
  return [{ op: document['Version'] === undefined ? 'add' : 'replace', path: '/Version', value: '2012-10-17' }]
}
