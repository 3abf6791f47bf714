import type { Artifact, Clock, Cloud, Connection, MetadataStore, Platform, Random, Setup } from '@sluice/core'

/** Puts a setup template where the cloud's own console can open it. Only the composition root knows how. */
export interface TemplatePublisher {
  publish(
    subject: { readonly connection: Connection; readonly setup: Setup; readonly template: Artifact },
    signal: AbortSignal,
  ): Promise<{ readonly templateUrl: string; readonly quickCreateUrl: string }>
}

/** What the use cases need from outside. */
export interface ServiceDeps {
  readonly store: MetadataStore
  readonly clouds: readonly Cloud[]
  readonly clock: Clock
  readonly random: Random
  readonly platform: () => Platform
  readonly mode: {
    /** Several organizations share this installation and its principals: external ids are then only ever issued, never chosen. */
    readonly multiOrganization: boolean
  }
  /** Absent: templates are not published and no quick-create link is offered. */
  readonly templates?: TemplatePublisher
}
