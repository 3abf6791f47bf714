import type { Bench } from './row.ts'
import { azure } from './rows/azure.ts'
import { diagnosis } from './rows/diagnosis.ts'
import { gcs } from './rows/gcs.ts'
import { leases } from './rows/leases.ts'
import { listing } from './rows/listing.ts'
import { oss } from './rows/oss.ts'
import { parquet } from './rows/parquet.ts'
import { policy } from './rows/policy.ts'
import { server } from './rows/server.ts'
import { validation } from './rows/validation.ts'

/** Everything that is measured, in the order of the table. */
export const BENCHES: readonly Bench[] = [parquet, listing, validation, diagnosis, gcs, azure, oss, leases, server, policy]
