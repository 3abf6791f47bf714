import type { CloudView } from '@sluice/api'
import { dashed, usage, type Invocation } from '../invocation.ts'
import { printable } from '../output/text.ts'
import { readInput } from './read-input.ts'

type Method = CloudView['methods'][number]
type Field = Method['fields'][number]

/** What was given on the command line for a method's fields; `-` asks for standard input, `@PATH` for a file. */
interface ChosenMethod {
  readonly operands: readonly string[]
  readonly method: Method
  readonly given: ReadonlyMap<string, string>
  /** Other methods that the flags would fit as well, where none was named. */
  readonly alternatives: readonly string[]
}

/** Tells the method's own flags from the operands, and the method from the flags where it is not named. */
export function chooseMethod(cloud: CloudView, named: string | undefined, words: readonly string[]): ChosenMethod {
  const { operands, flags } = separate(words)
  const flagNames = [...flags.keys()]
  if (named !== undefined) {
    const method = cloud.methods.find((one) => one.id === named)
    if (method === undefined)
      throw usage(`${cloud.label} has no method ${JSON.stringify(named)}; it has ${cloud.methods.map((one) => one.id).join(', ')}.`)
    const stray = flagNames.find((flag) => !has(method, flag))
    if (stray !== undefined) throw unknownFlag(stray, cloud, [method])
    return { operands, method, given: byField(method, flags), alternatives: [] }
  }
  const fitting = cloud.methods.filter((one) => flagNames.every((flag) => has(one, flag)))
  const complete = fitting.filter((one) => isComplete(one, flagNames))
  // Where flags fit several, the one that is complete with them is meant; without any flag, the cloud's first.
  const method = flagNames.length > 0 ? (complete[0] ?? fitting[0]) : fitting[0]
  if (method === undefined) {
    const stray = flagNames.find((flag) => !cloud.methods.some((one) => has(one, flag)))
    if (stray !== undefined) throw unknownFlag(stray, cloud, cloud.methods)
    throw usage(`--${flagNames.join(' and --')} belong to different methods of ${cloud.label}.`, 'Name the method: --method.')
  }
  const rivals = flagNames.length === 0 ? [] : complete.length > 0 ? complete : fitting
  const alternatives = rivals.flatMap((one) => (one === method ? [] : [one.id]))
  return { operands, method, given: byField(method, flags), alternatives }
}

/** Whether all that the method needs openly is there. Its secrets may still come from elsewhere. */
function isComplete(method: Method, flags: readonly string[]): boolean {
  return method.fields.every((field) => !field.required || field.secret || flags.includes(dashed(field.name)))
}

function has(method: Method, flag: string): boolean {
  return method.fields.some((field) => dashed(field.name) === flag)
}

function separate(words: readonly string[]): { readonly operands: readonly string[]; readonly flags: ReadonlyMap<string, string> } {
  const operands: string[] = []
  const flags = new Map<string, string>()
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('--')) {
      if (word.startsWith('-') && word !== '-') throw usage(`Unknown flag ${word}.`)
      operands.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const name = word.slice(2, equals === -1 ? undefined : equals)
    const next = words[at + 1]
    if (equals === -1 && (next === undefined || (next.startsWith('--') && next.length > 2))) throw usage(`--${name} takes a value.`)
    if (flags.has(name)) throw usage(`--${name} was given twice.`)
    flags.set(name, equals === -1 ? (next ?? '') : word.slice(equals + 1))
    if (equals === -1) at += 1
  }
  return { operands, flags }
}

function unknownFlag(flag: string, cloud: CloudView, methods: readonly Method[]) {
  const listed = methods.map(
    (method) => `${method.id}: ${method.fields.map((field) => `--${dashed(field.name)}`).join(', ') || 'no fields'}`,
  )
  return usage(
    `Unknown flag --${flag}.`,
    `Fields of ${cloud.label} are ${listed.join('; ')}. The other flags: sluice connection create --help`,
  )
}

function byField(method: Method, flags: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const found = method.fields.map((field) => [field.name, flags.get(dashed(field.name))] as const)
  return new Map(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])))
}

/**
 * The values of a method's fields. Secrets come from standard input (`-`), a file (`@PATH`), the environment (SLUICE_SECRET_ACCESS_KEY)
 * or a prompt: a command line is seen by every process of the machine and kept in the shell's history.
 */
export async function readFields(
  invocation: Invocation,
  method: Method,
  given: ReadonlyMap<string, string>,
  wanted: 'all' | 'secrets' | 'given',
): Promise<{ [field: string]: string }> {
  const fromInput = [...given].filter(([, value]) => value === '-').map(([name]) => `--${dashed(name)}`)
  if (fromInput.length > 1) throw usage(`Only one value can come from standard input, not those of ${fromInput.join(' and ')}.`)
  if (wanted === 'all' && given.size === 0 && mayComeLater(method) && !mayBeFound(invocation, method)) return {}
  const values: { [field: string]: string } = {}
  for (const field of method.fields) {
    const text = given.get(field.name)
    const isWanted = wanted === 'all' || (wanted === 'secrets' && field.secret)
    const value = text !== undefined ? await valueOf(invocation, field, text) : isWanted ? await findValue(invocation, field) : undefined
    if (value !== undefined) values[field.name] = value
  }
  return values
}

/** Whether the setup of a method is what makes its secret: a connection may then be made with nothing, to write the setup for. */
function mayComeLater({ keyless, setups }: Method): boolean {
  return !keyless && setups.length > 0
}

/** Whether values that were not given are there all the same: in the environment, or to be asked for where nothing but secrets is missing. */
function mayBeFound({ terminal, mayAsk }: Invocation, { fields }: Method): boolean {
  if (mayAsk && fields.every((field) => field.secret || !field.required)) return true
  return fields.some((field) => field.secret && (terminal.environment[variable(field.name)] ?? '').trim() !== '')
}

/** A value as it was given: itself, or where it is to be read. */
async function valueOf({ terminal }: Invocation, field: Field, text: string): Promise<string> {
  const flag = `--${dashed(field.name)}`
  if (text !== '-' && !text.startsWith('@')) {
    if (!field.secret) return text
    throw usage(
      `${flag} is a secret and must not stand on the command line.`,
      `${howToGive(field)} Replace the secret: the shell's history has it.`,
    )
  }
  const read = (await readInput(terminal, text === '-' ? text : text.slice(1), `file for ${flag}`)).trim()
  if (read === '') throw usage(`${text === '-' ? 'Standard input' : 'The file'} has nothing for ${flag}.`)
  return read
}

/** A value that was not given: a secret of the environment or typed now. What is required and nowhere is missing. */
async function findValue(invocation: Invocation, field: Field): Promise<string | undefined> {
  const found = field.secret ? await findSecret(invocation, field) : undefined
  if (found !== undefined || !field.required) return found
  const flag = `--${dashed(field.name)}`
  throw usage(`${flag} is missing: ${field.help}`, field.secret ? howToGive(field) : `For example: ${flag} ${field.example}`)
}

async function findSecret(invocation: Invocation, field: Field): Promise<string | undefined> {
  const set = invocation.terminal.environment[variable(field.name)]?.trim()
  if (set !== undefined && set !== '') return set
  if (!field.required || !invocation.mayAsk) return undefined
  return (await invocation.terminal.stdin.readSecret(printable(field.label), isWhole)).trim() || undefined
}

/** Whether what was typed is all of it: a key that is JSON goes on until its last brace. */
function isWhole(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function howToGive(field: Field): string {
  const flag = `--${dashed(field.name)}`
  return `Write ${flag} - and give it on standard input, or ${flag} @FILE, or set ${variable(field.name)}.`
}

/** `secretAccessKey` as a variable: SLUICE_SECRET_ACCESS_KEY. */
function variable(name: string): string {
  return `SLUICE_${dashed(name).replaceAll('-', '_').toUpperCase()}`
}
