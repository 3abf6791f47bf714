export {
  BLOB_OPERATIONS,
  blobOperationRule,
  type BlobLevel,
  type BlobOperation,
  type BlobOperationRule,
  type BlobPermission,
} from './blob-operations.ts'
export {
  parseSas,
  parseSasTime,
  sasAdmitsAddress,
  SAS_PARAMETERS,
  type AccountSas,
  type DelegationKeyFields,
  type Sas,
  type SasParseResult,
  type SasResource,
  type ServiceSas,
  type UserDelegationSas,
} from './sas.ts'
export { sasAllows, type SasVerdict } from './sas-allows.ts'
export { reviewSas, type SasFinding, type SasNeed } from './sas-review.ts'
