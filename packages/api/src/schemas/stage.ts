import { FILE_FORMATS, type FileFormat, type ListPage } from '@sluice/core'
import { z } from 'zod'
import { locationSchema, nameSchema } from './common.ts'

const formatShape = {
  type: z.enum(FILE_FORMATS),
  compression: z.enum(['auto', 'none', 'gzip', 'zstd']),
  fieldDelimiter: z.string().exactOptional(),
  recordDelimiter: z.string().exactOptional(),
  quote: z.string().exactOptional(),
  escape: z.string().exactOptional(),
  skipHeader: z.number().int().min(0).exactOptional(),
  nullDisplay: z.string().exactOptional(),
  trimSpace: z.boolean().exactOptional(),
}
const format: z.ZodType<FileFormat> = z.object(formatShape)

export const stageInputSchema = z
  .strictObject({
    name: nameSchema,
    connection: z.string().meta({ example: 'acme' }),
    url: z.string().meta({ example: 's3://test-bucket-123/data/' }),
    format: z
      .strictObject({ ...formatShape, type: formatShape.type.exactOptional(), compression: formatShape.compression.exactOptional() })
      .exactOptional(),
    comment: z.string().exactOptional(),
  })
  .meta({ id: 'StageInput' })

export const stageSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    connection: z.string().nullable().meta({ description: 'Name of the connection it uses.' }),
    connectionId: z.string(),
    location: locationSchema,
    format: format.meta({ id: 'FileFormat' }),
    comment: z.string(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Stage' })
export type StageView = z.output<typeof stageSchema>

const page: z.ZodType<ListPage> = z.object({
  objects: z.array(
    z.object({
      key: z.string(),
      size: z.number(),
      etag: z.string(),
      lastModified: z.string(),
      versionId: z.string().exactOptional(),
      storageClass: z.string().exactOptional(),
      ownerId: z.string().exactOptional(),
      kmsKeyId: z.string().exactOptional(),
      contentType: z.string().exactOptional(),
    }),
  ),
  prefixes: z.array(z.string()),
  continuation: z.string().exactOptional(),
})
export const filePageSchema = page.meta({ id: 'FilePage' })
