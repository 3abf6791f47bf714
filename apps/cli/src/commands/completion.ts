import { argument, usage, type Command } from '../invocation.ts'
import type { Verb, VerbOption } from '../verb.ts'
import { VERBS } from '../verbs/index.ts'

/** `sluice completion SHELL` */
export const printCompletion: Command = async (invocation) => {
  const shell = argument(invocation, 0)
  const make = { bash, zsh, fish }[shell]
  if (make === undefined) throw usage(`There is no completion for ${JSON.stringify(shell)}; there is one for bash, zsh and fish.`)
  invocation.terminal.stdout.write(make())
  return 0
}

/** Words that may follow `sluice`, `sluice NOUN` and `sluice NOUN VERB`. */
function words(): {
  readonly nouns: readonly string[]
  readonly verbs: ReadonlyMap<string, readonly string[]>
  readonly flags: ReadonlyMap<string, readonly string[]>
} {
  const nouns = [...new Set(VERBS.map((verb) => verb.noun))]
  const verbs = new Map(
    nouns.map((noun) => [noun, VERBS.flatMap((one) => (one.noun === noun && one.verb !== undefined ? [one.verb] : []))]),
  )
  return { nouns, verbs, flags: new Map(VERBS.map((verb) => [nameOf(verb), flagsOf(verb)])) }
}

/** Values that may follow `--flag`, by flag: the same everywhere, since one word means one thing. */
function choices(): ReadonlyMap<string, readonly string[]> {
  const options = VERBS.flatMap((verb) => verb.options ?? [])
  const found = options.flatMap((option) => (option.choices === undefined ? [] : [[longFlag(option.flags), option.choices] as const]))
  const all = new Map<string, readonly string[]>()
  for (const [flag, list] of found) all.set(flag, [...new Set([...(all.get(flag) ?? []), ...list])])
  return all
}

function longFlag(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? ''
}

const nameOf = (verb: Verb) => (verb.verb === undefined ? verb.noun : `${verb.noun} ${verb.verb}`)

function flagsOf(verb: Verb): readonly string[] {
  const own = (verb.options ?? []).map((option) => longFlag(option.flags))
  return [...own, ...(verb.offline === true ? [] : ['--server']), '--json', '--no-input', '--help']
}

function bash(): string {
  const { nouns, verbs, flags } = words()
  const cases = [
    // A noun that stands alone too takes its own flags beside its verbs.
    ...[...verbs]
      .filter(([, list]) => list.length > 0)
      .map(([noun, list]) => `    "${noun}") words="${[...list, ...(flags.get(noun) ?? [])].join(' ')}" ;;`),
    ...[...flags]
      .filter(([name]) => (verbs.get(name) ?? []).length === 0)
      .map(([name, list]) => `    "${name}") words="${list.join(' ')}" ;;`),
  ]
  return `_sluice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words="" path="\${COMP_WORDS[1]}"
  case "$before" in
${[...choices()].map(([flag, list]) => `    "${flag}") COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$current")); return ;;`).join('\n')}
  esac
  if [ "$COMP_CWORD" -ge 3 ] && [[ "\${COMP_WORDS[2]}" != -* ]]; then path="$path \${COMP_WORDS[2]}"; fi
  if [ "$COMP_CWORD" -eq 1 ]; then path=""; fi
  case "$path" in
    "") words="${nouns.join(' ')}" ;;
${cases.join('\n')}
    *) case "\${COMP_WORDS[1]}" in ${nouns
      .filter((noun) => verbs.get(noun)?.length === 0)
      .map((noun) => `"${noun}") words="${flags.get(noun)?.join(' ') ?? ''}" ;;`)
      .join(' ')} esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _sluice sluice
`
}

/** zsh runs bash's completion; its own form would say the same again. */
function zsh(): string {
  return `#compdef sluice
autoload -U +X bashcompinit && bashcompinit
${bash()}`
}

function fish(): string {
  const { nouns, verbs } = words()
  const none = 'not __fish_seen_subcommand_from ' + nouns.join(' ')
  const lines = VERBS.flatMap((verb) => {
    const seen =
      verb.verb === undefined
        ? `__fish_seen_subcommand_from ${verb.noun}`
        : `__fish_seen_subcommand_from ${verb.noun}; and __fish_seen_subcommand_from ${verb.verb}`
    const siblings = verbs.get(verb.noun)?.join(' ') ?? ''
    const named =
      verb.verb === undefined
        ? `complete -c sluice -f -n '${none}' -a ${verb.noun} -d ${quote(verb.summary)}`
        : `complete -c sluice -f -n '__fish_seen_subcommand_from ${verb.noun}; and not __fish_seen_subcommand_from ${siblings}' -a ${verb.verb} -d ${quote(verb.summary)}`
    const own = (verb.options ?? []).map((option) => fishOption(seen, option))
    const common = flagsOf(verb).slice(own.length)
    return [named, ...own, ...common.map((flag) => `complete -c sluice -n '${seen}' -l ${flag.slice(2)}`)]
  })
  const heads = nouns.filter((noun) => (verbs.get(noun)?.length ?? 0) > 0).map((noun) => `complete -c sluice -f -n '${none}' -a ${noun}`)
  return `${[...heads, ...lines].join('\n')}\n`
}

/** Files are offered where a path is wanted, the choices where there are some, and nothing where only the user knows. */
function fishOption(seen: string, { flags, about, choices: list }: VerbOption): string {
  const value = /<(\w+)>/.exec(flags)?.[1]
  const wants =
    list !== undefined
      ? ` -x -a ${quote(list.join(' '))}`
      : value === undefined
        ? ''
        : /^(path|dir|file|files)$/.test(value)
          ? ' -r -F'
          : ' -x'
  return `complete -c sluice -n '${seen}' -l ${longFlag(flags).slice(2)}${wants} -d ${quote(about)}`
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`
}
