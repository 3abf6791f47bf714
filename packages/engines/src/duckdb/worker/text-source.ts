import type { WireRelation } from '../protocol.ts'
import type { Instance } from './instance.ts'

export async function textSource(_instance: Instance, _folder: string, relation: WireRelation): Promise<string> {
  throw new Error(relation.format.type)
}
