import { type AuthField, type CloudMethod, accessError } from '@sluice/core'

type Fields = { readonly [name: string]: string }

/** The inputs of a key pair, the same for every store of the S3 protocol. */
export const KEY_FIELDS: readonly AuthField[] = [
  {
    name: 'accessKeyId',
    label: 'Access key id',
    help: 'The public half of the key.',
    example: 'AKIAIOSFODNN7EXAMPLE',
    required: true,
    secret: false,
    sql: ['access_key_id', 'aws_key_id'],
  },
  {
    name: 'secretAccessKey',
    label: 'Secret access key',
    help: 'The secret half; it is stored encrypted and never shown again.',
    example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    required: true,
    secret: true,
    sql: ['secret_access_key', 'aws_secret_key'],
  },
  {
    name: 'sessionToken',
    label: 'Session token',
    help: 'Only for temporary keys: it belongs to the pair.',
    example: 'IQoJb3JpZ2luX2VjE…',
    required: false,
    secret: true,
    sql: ['session_token', 'aws_token', 'security_token'],
  },
]

/** Takes what was entered for a method: surrounding white space removed, empty fields left out, unknown and missing ones refused. */
export function readFields(method: CloudMethod, fields: Fields): { readonly values: Fields; readonly warnings: readonly string[] } {
  const known = new Map(method.fields.map((field) => [field.name, field]))
  const unknown = Object.keys(fields).find((name) => !known.has(name))
  if (unknown !== undefined)
    throw accessError('auth.unknown_field', {
      message: `The method ${method.id} has no field ${JSON.stringify(unknown.slice(0, 60))}.`,
      remedy: `Its fields are ${method.fields.map((field) => field.name).join(', ') || 'none'}.`,
    })
  const values = Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])))
  const missing = method.fields.find((field) => field.required && values[field.name] === undefined)
  if (missing !== undefined)
    throw accessError('auth.missing_field', { message: `The method ${method.id} needs ${missing.name} (${missing.label}).` })
  const trimmed = Object.keys(values).filter((name) => values[name] !== fields[name])
  return { values, warnings: trimmed.map((name) => `White space around ${known.get(name)?.label ?? name} was removed.`) }
}

/** What is sent in a header as it is. Of the secret only signatures are sent, so that it may hold anything but white space. */
const SENT = ['accessKeyId', 'sessionToken']

/** Refuses white space inside a value that was pasted, which shows only as a wrong signature later, and what no header can carry. */
export function refuseUnsendable(values: Fields): void {
  const broken = Object.keys(values).find((name) => /\s/.test(values[name] ?? ''))
  if (broken !== undefined)
    throw accessError('aws.key.malformed', {
      message: `${broken} has white space or a line break inside.`,
      remedy: 'Copy it again in one piece.',
    })
  const unsendable = SENT.find((name) => /[^\x21-\x7e]/.test(values[name] ?? ''))
  if (unsendable !== undefined)
    throw accessError('aws.key.malformed', {
      message: `${unsendable} has characters other than those of plain ASCII, and no request can carry them.`,
      remedy: 'Copy it again from where the key was made.',
    })
}

/** The method of that name, or the refusal that lists what there is. */
export function methodOf(methods: readonly CloudMethod[], id: string, cloud: string): CloudMethod {
  const found = methods.find((method) => method.id === id)
  if (found !== undefined) return found
  throw accessError('auth.unknown_method', {
    message: `The cloud ${cloud} has no authentication method ${JSON.stringify(id.slice(0, 40))}.`,
    remedy: `Choose one of ${methods.map((method) => method.id).join(', ')}.`,
  })
}
