import type { Route } from '../route.ts'
import { listAuditRoute } from './audit.ts'
import {
  createConnectionRoute,
  deleteConnectionRoute,
  deletionPlanRoute,
  disableConnectionRoute,
  enableConnectionRoute,
  listConnectionsRoute,
  showConnectionRoute,
  updateConnectionRoute,
} from './connections.ts'
import { diagnoseRoute } from './diagnoses.ts'
import { discoveryRoute, issuerKeysRoute, issuerRoute, rotateIssuerRoute } from './issuer.ts'
import { createLeaseRoute } from './leases.ts'
import { readLocationRoute } from './locations.ts'
import { cloudsRoute, healthRoute, openapiRoute, platformRoute } from './platform.ts'
import { abandonRotationRoute, rotateConnectionRoute } from './rotations.ts'
import { publishSetupRoute, showSetupRoute } from './setup.ts'
import { runSqlRoute, sqlHistoryRoute } from './sql.ts'
import { createStageRoute, deleteStageRoute, listStagesRoute, showStageRoute, stageFilesRoute } from './stages.ts'
import { validateRoute, validationHistoryRoute } from './validations.ts'

/** Every route of the API. */
export const routes = {
  healthRoute,
  platformRoute,
  cloudsRoute,
  openapiRoute,
  issuerRoute,
  rotateIssuerRoute,
  discoveryRoute,
  issuerKeysRoute,
  readLocationRoute,
  createConnectionRoute,
  listConnectionsRoute,
  showConnectionRoute,
  updateConnectionRoute,
  disableConnectionRoute,
  enableConnectionRoute,
  deletionPlanRoute,
  deleteConnectionRoute,
  showSetupRoute,
  publishSetupRoute,
  validateRoute,
  validationHistoryRoute,
  diagnoseRoute,
  rotateConnectionRoute,
  abandonRotationRoute,
  createLeaseRoute,
  createStageRoute,
  listStagesRoute,
  showStageRoute,
  deleteStageRoute,
  stageFilesRoute,
  runSqlRoute,
  sqlHistoryRoute,
  listAuditRoute,
} as const

/** The same as a list, for what treats all alike. */
export const allRoutes: readonly Route[] = Object.values(routes)
