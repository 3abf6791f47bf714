import { ACCESSES, PURPOSES, type Access, type CloudId, type Json, type Location, type Purpose } from '@sluice/core'
import { z } from 'zod'

export const cloudIdSchema: z.ZodType<CloudId> = z.string()
export const accessSchema: z.ZodType<Access> = z.enum(ACCESSES)
export const purposeSchema: z.ZodType<Purpose> = z.enum(PURPOSES)

/** The name of a connection or stage in a path or body. The service decides which names are good. */
export const nameSchema = z.string().min(1).max(255).meta({ example: 'acme' })
export const nameParams = z.strictObject({ name: nameSchema })

/** Numbers of a query string; a client gives them as numbers. */
export const limitSchema = (most: number) => z.coerce.number<string | number>().int().min(1).max(most)

export const textMap = z.record(z.string(), z.string())

/** Any JSON value; recursive, so it has a name of its own in the document. */
export const jsonSchema: z.ZodType<Json> = z.json().meta({ id: 'Json' })

/** A location with its URL, for reading. */
export type LocationView = Location & { readonly url: string }

const location: z.ZodType<LocationView> = z.object({
  url: z.string().meta({ example: 's3://test-bucket-123/data/' }),
  cloud: cloudIdSchema,
  bucket: z.string(),
  prefix: z.string(),
  extent: z.enum(['bucket', 'folder', 'object']),
  account: z.string().exactOptional(),
  region: z.string().exactOptional(),
})
export const locationSchema = location.meta({ id: 'Location' })
