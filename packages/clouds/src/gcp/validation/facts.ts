import { type Connection, type Platform, type Setup, type ValidationSubject, isAccessError } from '@sluice/core'
import { memberOf, ourMember } from '../identity.ts'
import { setupGcp } from '../setup/index.ts'

/** What remedies name: who we are, what holds the permissions, and how the setup called what it made. */
export interface RemedyFacts {
  readonly connection: Connection
  readonly verify: string
  /** As policies write it; a sentence's words where it is not known. */
  readonly member: string
  /** Who we are before any account is impersonated. */
  readonly us: string
  /** The account that we act as. */
  readonly serviceAccount: string | undefined
  /** Full name of the custom role of the setup. */
  readonly role: string
  readonly project: string
  readonly issuerUrl: string
  readonly subject: string
  artifact(id: string): string | undefined
}

export function remedyFacts({ connection, locations }: ValidationSubject, platform: Platform): RemedyFacts {
  const setup = setupOf({ ...connection, locations }, platform)
  const fact = (label: string): string | undefined => setup?.facts.find((one) => one.label === label)?.value
  const project = fact('Project') ?? 'PROJECT'
  return {
    connection,
    verify: `sluice connection validate ${connection.name}`,
    member: memberOf(connection, platform) ?? 'our principal',
    us: ourMember(connection, platform) ?? 'our principal',
    serviceAccount: connection.auth.fields['serviceAccount'],
    role: `projects/${project}/roles/${fact('Custom role') ?? 'ROLE'}`,
    project,
    issuerUrl: fact('Issuer') ?? 'our issuer',
    subject: fact('Subject') ?? 'our subject',
    artifact: (id) => setup?.artifacts.find((artifact) => artifact.id === id)?.text,
  }
}

/** The setup, for the documents that remedies quote; none where it cannot be written yet. */
function setupOf(connection: Connection, platform: Platform): Setup | undefined {
  try {
    return setupGcp(connection, platform, {})
  } catch (error) {
    if (isAccessError(error)) return undefined
    throw error
  }
}
