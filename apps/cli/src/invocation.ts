import type { Client } from '@sluice/api'
import { accessError } from '@sluice/core'
import type { Paint } from './output/paint.ts'
import type { Terminal } from './terminal.ts'

/** One command as it was called: its arguments, its options, and what it may use. */
export interface Invocation {
  readonly terminal: Terminal
  readonly arguments: readonly string[]
  readonly options: Options
  /** One JSON object, or one a line, on standard output. */
  readonly json: boolean
  /** Whether questions may be asked. */
  readonly mayAsk: boolean
  readonly paint: Paint
  /** Writes people's text to standard output; with --json it goes to standard error. */
  print(text: string): void
  /** Writes one line of JSON to standard output. */
  printJson(value: unknown): void
  /** Writes people's text to standard error. */
  note(text: string): void
  /** A client of the server that flags, environment or the context file name. */
  client(): Promise<Client>
}

/** What one command does; resolves with its exit code. */
export type Command = (invocation: Invocation) => Promise<number>

/** Options as they were given, read by their names. */
export interface Options {
  text(name: string): string | undefined
  flag(name: string): boolean
  list(name: string): readonly string[]
  number(name: string): number | undefined
}

/** Wraps what the parser made of the options. */
export function optionsOf(values: { readonly [name: string]: unknown }): Options {
  const text = (name: string) => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    text,
    flag: (name) => values[name] === true,
    list: (name) => {
      const value = values[name]
      return Array.isArray(value) ? value.map(String) : []
    },
    number: (name) => {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (value.trim() === '' || !Number.isSafeInteger(number) || number < 0)
        throw usage(`--${dashed(name)} takes a whole number, not ${JSON.stringify(value)}.`)
      return number
    },
  }
}

/** A mistake on the command line. Without a remedy, whoever prints it names the help of the command. */
export function usage(message: string, remedy = '') {
  return accessError('cli.usage', { message, remedy })
}

/** `roleArn` as a flag: `role-arn`. */
export function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** An argument the parser has made sure of. */
export function argument(invocation: Invocation, index: number): string {
  const value = invocation.arguments[index]
  if (value === undefined) throw usage('An argument is missing.')
  return value
}

/** Reads `KEY=VALUE` options. */
export function pairs(texts: readonly string[], flag: string): { readonly [key: string]: string } {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw usage(`${flag} takes KEY=VALUE, not ${JSON.stringify(text)}.`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** A time or a day of an option, as an ISO time. */
export function isoTime(text: string, flag: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T|$)/.test(text) ? new Date(text) : undefined
  if (time === undefined || Number.isNaN(time.getTime()))
    throw usage(`${flag} takes a time like 2030-01-31 or 2030-01-31T12:00:00Z, not ${JSON.stringify(text)}.`)
  return time.toISOString()
}
