import type { Location } from '@sluice/core'
import type { KeyLayout } from '../lab/operations.ts'

/** A bucket that a connection reaches, and what one would use without Sluice. */
export interface Place {
  /** What the names of its rows begin with. */
  readonly prefix: string
  /** What the rows say where the work is done; empty for S3, which most are about. */
  readonly where: string
  readonly connection: string
  /** Of the folder `data/`: where everything is. */
  readonly location: Location
  readonly url: string
  /** Whose client is used without Sluice: `the AWS SDK`. */
  readonly client: string
  /** What the cloud does otherwise than S3, which lists 1,000 keys a page from any key on, and reads the end of an object whose size is not known. */
  readonly otherwise?: { readonly pageKeys: number; readonly fromAnyKey: boolean; readonly readsEnds: boolean }
  /** Puts a file of this machine into the bucket. */
  putFile(key: string, file: string): Promise<unknown>
  putText(key: string, text: string): Promise<unknown>
  /** Puts many empty objects under a prefix. */
  fill(prefix: string, layout: KeyLayout, count: number): Promise<unknown>
  /** Counts the objects under a prefix with that client, page after page. */
  countObjects(prefix: string): Promise<number>
  /** Downloads an object with that client into a file, uses it, and removes it. */
  withDownload(key: string, use: (file: string) => Promise<void>): Promise<void>
}
