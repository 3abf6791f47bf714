/** One thing to do on a page, in the order of the page. */
export type PageStep =
  | {
      readonly kind: 'sh' | 'ts' | 'sql'
      readonly line: number
      readonly text: string
      /** A program that not every machine has. */
      readonly needs: string | undefined
    }
  | {
      readonly kind: 'admin'
      readonly line: number
      readonly account: string
      readonly template: string
      readonly parameters: { readonly [name: string]: string }
    }
  /** A template of Azure is deployed; what it puts out is known to the reader afterwards: ids as variables, a SAS as a file. */
  | {
      readonly kind: 'deployment'
      readonly line: number
      readonly group: string
      readonly template: string
      readonly sas: string | undefined
    }
  | { readonly kind: 'script'; readonly line: number; readonly project: string; readonly script: string }
  | { readonly kind: 'file'; readonly line: number; readonly name: string; readonly text: string }

/** A fenced block of code, its info string split into words. */
export interface Fence {
  readonly line: number
  readonly info: readonly string[]
  readonly text: string
}

/** The fenced blocks of a page. */
export function fencesOf(markdown: string): readonly Fence[] {
  return [...markdown.matchAll(/^```([^\n`]*)\n(.*?)^```$/gms)].map((match) => ({
    line: markdown.slice(0, match.index).split('\n').length,
    info: (match[1] ?? '').trim().split(/\s+/),
    text: match[2] ?? '',
  }))
}

/**
 * What a page tells its reader to do: the blocks marked `run`, and what others do between them, which stands in a comment: the customer's
 * admin applies a template in an account of theirs, perhaps with parameters, or runs a script in a project of theirs, or somebody sends a file.
 */
export function stepsOf(markdown: string): readonly PageStep[] {
  const blocks = fencesOf(markdown).flatMap(({ line, info, text }): PageStep[] => {
    const [kind] = info
    if (!info.includes('run')) return []
    if (kind !== 'sh' && kind !== 'ts' && kind !== 'sql') throw new Error(`line ${line}: a block of ${kind ?? 'no language'} cannot be run`)
    return [{ kind, line, text, needs: info.find((word) => word.startsWith('needs='))?.slice('needs='.length) }]
  })
  const admin = [...markdown.matchAll(/^<!-- docs test: the admin of (\d{12}|\d{16}) applies (\S+)(?: with (\S+))? -->$/gm)].map(
    (match): PageStep => ({
      kind: 'admin',
      line: markdown.slice(0, match.index).split('\n').length,
      account: match[1] ?? '',
      template: match[2] ?? '',
      parameters: Object.fromEntries((match[3]?.split(',') ?? []).map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? ''])),
    }),
  )
  const deployments = [
    ...markdown.matchAll(/^<!-- docs test: the admin of the resource group (\S+) deploys (\S+)(?: and sends (\S+))? -->$/gm),
  ].map((match): PageStep => ({
    kind: 'deployment',
    line: markdown.slice(0, match.index).split('\n').length,
    group: match[1] ?? '',
    template: match[2] ?? '',
    sas: match[3],
  }))
  const scripts = [...markdown.matchAll(/^<!-- docs test: the admin of ([a-z][a-z0-9-]+) runs (\S+) -->$/gm)].map((match): PageStep => ({
    kind: 'script',
    line: markdown.slice(0, match.index).split('\n').length,
    project: match[1] ?? '',
    script: match[2] ?? '',
  }))
  const files = [...markdown.matchAll(/^<!-- docs test: somebody has sent (\S+): (.+) -->$/gm)].map((match): PageStep => ({
    kind: 'file',
    line: markdown.slice(0, match.index).split('\n').length,
    name: match[1] ?? '',
    text: match[2] ?? '',
  }))
  return [...blocks, ...admin, ...deployments, ...scripts, ...files].sort((a, b) => a.line - b.line)
}
