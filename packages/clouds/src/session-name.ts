import type { Connection } from '@sluice/core'

/** What a cloud takes in the names of sessions: 64 characters, and these alone. */
export interface SessionNaming {
  /** Stands between purposes. */
  readonly between: string
  readonly refused: RegExp
}

type Named = Pick<Connection, 'project' | 'purposes'>

const LONGEST = 64

/** Names our sessions so that customers find them in their own logs: `sluice-<project>-<purposes>`. */
export function sessionNameOf({ project, purposes }: Named, { between, refused }: SessionNaming): string {
  const nameable = (text: string): string => text.replaceAll(refused, '-')
  const purpose = nameable(purposes.join(between) || 'access')
  return `sluice-${nameable(project).slice(0, LONGEST - 'sluice--'.length - purpose.length)}-${purpose}`
}

/** Names the sessions of a diagnosis, so that customers can tell them from those that do work. */
export function diagnosisSessionNameOf(connection: Named, naming: SessionNaming): string {
  return `diag-${sessionNameOf(connection, naming)}`.slice(0, LONGEST)
}
