import { CUSTOMER_ACCOUNT } from './installation.ts'

/** The role, or the user, that the setup makes for the connection `acme`. */
export const HOLDER = 'sluice-acme'
export const ROLE_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:role/${HOLDER}`
export const USER_ARN = `arn:aws:iam::${CUSTOMER_ACCOUNT}:user/${HOLDER}`
export const REGION = 'us-west-2'
/** Whose bucket it is where it is neither ours nor the customer's. */
export const THIRD_ACCOUNT = '333344445555'
/** Nobody that any of the others has to do with. */
export const STRANGER_ACCOUNT = '210987654321'
/** A bucket that the connection is not for. */
export const OTHER_BUCKET = 'another-bucket-123'
