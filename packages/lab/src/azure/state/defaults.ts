/** The tenant and the subscription of what is made without naming one. */
export const TENANT = '11111111-1111-4111-8111-111111111111'
export const SUBSCRIPTION = '22222222-2222-4222-8222-222222222222'
