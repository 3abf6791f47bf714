import type { Command } from './invocation.ts'

export interface VerbArgument {
  /** Upper case: NAME. In brackets where it may be left out. */
  readonly name: string
  readonly about: string
}

export interface VerbOption {
  /** As commander reads it: `--limit <n>`, `-f, --file <path>`. */
  readonly flags: string
  readonly about: string
  /** May be given several times. */
  readonly repeat?: boolean
  readonly choices?: readonly string[]
  /** Heading in the help; `Options:` unless told. */
  readonly group?: string
}

/** One command, as data: the parser, the help, the completion and docs/cli.md are all made from it. */
export interface Verb {
  readonly noun: string
  /** Absent where the noun stands alone: `sluice sql`. */
  readonly verb?: string
  readonly summary: string
  readonly arguments?: readonly VerbArgument[]
  readonly options?: readonly VerbOption[]
  /** Flags that depend on the server's answer are taken too, and parsed by the command. */
  readonly openFlags?: string
  readonly examples?: readonly string[]
  /** Whether it needs no server: --server is then not offered. */
  readonly offline?: boolean
  readonly load: () => Promise<Command>
}
