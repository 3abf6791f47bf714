import { AwsError } from '../error.ts'

/** The parameters of a query-protocol request. */
export interface Parameters {
  readonly action: string
  optional(name: string): string | undefined
  /** Throws ValidationError when it is missing. */
  required(name: string): string
  /** `Name.member.1`, `Name.member.2` … */
  list(name: string): readonly string[]
  /** `Name.member.1.Key` and `.Value`. */
  tags(name: string): { readonly [key: string]: string }
  integer(name: string): number | undefined
}

export function parametersOf(pairs: readonly (readonly [string, string])[]): Parameters {
  const values = new Map(pairs)
  const members = (name: string, suffix: string): readonly string[] => {
    const found: string[] = []
    for (let index = 1; ; index++) {
      const value = values.get(`${name}.member.${index}${suffix}`)
      if (value === undefined) return found
      found.push(value)
    }
  }
  const required = (name: string): string => {
    const value = values.get(name)
    if (value === undefined || value === '')
      throw new AwsError(
        400,
        'ValidationError',
        `1 validation error detected: Value null at '${camel(name)}' failed to satisfy constraint: Member must not be null`,
      )
    return value
  }
  return {
    action: values.get('Action') ?? '',
    optional: (name) => values.get(name),
    required,
    list: (name) => members(name, ''),
    tags: (name) => {
      const keys = members(name, '.Key')
      const texts = members(name, '.Value')
      return Object.fromEntries(keys.map((key, index) => [key, texts[index] ?? '']))
    },
    integer(name) {
      const value = values.get(name)
      if (value === undefined) return undefined
      if (!/^-?\d{1,9}$/.test(value)) throw new AwsError(400, 'MalformedInput', `${name} must be an integer`)
      return Number(value)
    },
  }
}

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/** Throws AWS's ValidationError about one member. */
export function invalidMember(name: string, value: string, constraint: string): AwsError {
  return new AwsError(
    400,
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${camel(name)}' failed to satisfy constraint: ${constraint}`,
  )
}
