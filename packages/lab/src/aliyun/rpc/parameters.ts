import { AliyunError } from '../error.ts'

/** The parameters of an RPC request, wherever they came: in the query or in the form. */
export interface RpcParameters {
  optional(name: string): string | undefined
  /** Throws MissingParameter when it is absent. */
  required(name: string): string
  integer(name: string): number | undefined
  /** Of a list written with commas. */
  list(name: string): readonly string[]
}

export function rpcParameters(values: ReadonlyMap<string, string>): RpcParameters {
  const parameters: RpcParameters = {
    optional: (name) => values.get(name),
    required(name) {
      const value = values.get(name)
      if (value === undefined || value === '') throw new AliyunError(400, `Missing${name}`, `${name} is mandatory for this action.`)
      return value
    },
    integer(name) {
      const value = values.get(name)
      if (value === undefined) return undefined
      if (!/^-?\d{1,9}$/.test(value)) throw invalidParameter(name)
      return Number(value)
    },
    list: (name) =>
      (values.get(name) ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
  }
  return parameters
}

/** A parameter that is there and is not what it must be. */
export function invalidParameter(name: string, message = `The parameter ${name} is wrongly formed.`): AliyunError {
  return new AliyunError(400, `InvalidParameter.${name}`, message)
}
