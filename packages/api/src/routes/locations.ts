import { z } from 'zod'
import { route } from '../route.ts'
import { cloudIdSchema, locationSchema } from '../schemas/common.ts'

export const readLocationRoute = route({
  id: 'location.read',
  summary: 'Which clouds a URL can be of, and what each makes of it',
  description: 'Takes the forms of a browser and of a console too. Of a credential in the URL only its method is told.',
  method: 'post',
  path: '/v1/locations/read',
  body: z.strictObject({ url: z.string().meta({ example: 's3://test-bucket-123/data/' }) }),
  answer: z.object({
    readings: z.array(
      z.object({
        cloud: cloudIdSchema,
        location: locationSchema,
        method: z
          .string()
          .exactOptional()
          .meta({ description: 'The method that a credential in the URL belongs to; absent: it has none.' }),
      }),
    ),
  }),
})
