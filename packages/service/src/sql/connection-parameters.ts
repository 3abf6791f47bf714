import type { Cloud } from '@sluice/core'
import type { ConnectionInput, Connections } from '../contract.ts'
import { type CloudChoice, chooseByEndpoint, readParameters } from './parameter-input.ts'
import { sqlError } from './position.ts'
import type { Statement } from './statement.ts'

type CreateConnection = Extract<Statement, { readonly kind: 'create-connection' }>
type Clouds = ReturnType<Connections['clouds']>

/** Storage types of the Databend family: those that no cloud here has are told from what is nobody's. */
const FAMILY_TYPES = ['s3', 'gcs', 'azblob', 'oss', 'cos', 'obs', 'hf', 'ipfs', 'webhdfs', 'hdfs', 'http', 'https', 'fs']

/** The storage type that SQL shows for a cloud. */
export function storageTypeOf({ id, storageTypes }: Pick<Cloud, 'id' | 'storageTypes'>): string {
  return storageTypes[0] ?? id
}

/** What `CREATE CONNECTION` asks for. Throws `sql.storage_type` and `sql.connection_parameter`, pointing at the parameter. */
export function connectionInput(source: string, statement: CreateConnection, clouds: Clouds): ConnectionInput {
  const { parameters, name } = statement
  const choice = cloudFor(source, statement, clouds)
  const input = readParameters({ source, parameters, where: name.span }, choice)
  return { name: name.value, cloud: choice.cloud.id, ...input }
}

function cloudFor(source: string, { storageType, parameters }: CreateConnection, clouds: Clouds): CloudChoice {
  const type = storageType.value.toLowerCase()
  const choice = chooseByEndpoint(
    clouds.filter((candidate) => candidate.storageTypes.includes(type)),
    parameters,
  )
  if (choice) return choice
  const known = FAMILY_TYPES.includes(type)
  const available = [...new Set(clouds.map((candidate) => `'${storageTypeOf(candidate)}'`))].join(', ')
  throw sqlError(
    'sql.storage_type',
    source,
    storageType.span,
    known ? `protocol ${type} is not supported yet` : 'There is no such storage type.',
    { hint: `The storage types here are ${available}.` },
  )
}
