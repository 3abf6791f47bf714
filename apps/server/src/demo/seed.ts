import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { accessError } from '@sluice/core'
import type { LabSeed } from '@sluice/lab'

/** The accounts of the story: ours, and the customer's with its bucket. */
export const PLATFORM_ACCOUNT = '123456789012'
export const CUSTOMER_ACCOUNT = '987654321987'
export const PLATFORM_USER = 'sluice'
export const PLATFORM_PRINCIPAL = `arn:aws:iam::${PLATFORM_ACCOUNT}:user/${PLATFORM_USER}`
export const BUCKET = 'acme-flight-data'
export const REGION = 'us-west-2'

/**
 * The lab as the story finds it: our user, who may assume roles, and the customer's bucket with three real files and one that is
 * none of our business. No role yet.
 */
export function demoSeed(): LabSeed {
  const data = dataFolder()
  const cars: unknown = JSON.parse(readFileSync(join(data, 'cars.json'), 'utf8'))
  const lines = Array.isArray(cars) ? cars.map((car) => JSON.stringify(car)).join('\n') : ''
  return {
    accounts: [
      {
        id: PLATFORM_ACCOUNT,
        name: 'the platform',
        users: [
          {
            name: PLATFORM_USER,
            policies: { assume: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] } },
          },
        ],
      },
      {
        id: CUSTOMER_ACCOUNT,
        name: 'acme, the customer',
        users: [
          {
            name: 'admin',
            policies: { admin: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } },
          },
        ],
        buckets: [
          {
            name: BUCKET,
            region: REGION,
            objects: [
              { key: 'flights/flights-3m.parquet', file: join(data, 'flights-3m.parquet') },
              { key: 'flights/airports.csv', file: join(data, 'airports.csv') },
              { key: 'flights/cars.ndjson', text: `${lines}\n` },
              { key: 'payroll/2026.csv', text: 'name,salary\nnobody,0\n' },
            ],
          },
        ],
      },
    ],
  }
}

/** Where the npm package with the files of the demo and the walk-through is. */
export function dataFolder(): string {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('vega-datasets'))), '..', 'data')
  if (existsSync(join(folder, 'flights-3m.parquet'))) return folder
  throw accessError('demo.data_missing', { message: 'The demo’s data is not installed: the npm package vega-datasets is missing.' })
}
