import { ACCESSES } from '../../access.ts'
import type { ProbePlan } from '../probe-plan.ts'
import { said } from '../said.ts'

const ACLS = ['azure.hns.acl', 'azure.hns.wrong_oid']
/** By which requests to Blob Storage causes are told apart, beside what every diagnosis asks first. What a SAS says of itself takes none. */
export const AZURE_PROBES: readonly ProbePlan[] = [
  {
    name: 'account-information',
    asks: said('what kind of account it is (Get Account Information)', '账户类型(Get Account Information)'),
    cost: 1,
    about: ACCESSES,
    outcomes: [
      {
        shows: said('It has no hierarchical namespace, and so no ACLs.', '未启用分层命名空间,因此没有 ACL。'),
        tells: { excludes: [...ACLS, 'azure.net.firewall'] },
        answers: [
          {
            operation: 'GetAccountInformation',
            target: 'https://{account}/{container}',
            status: 200,
            headers: { 'x-ms-is-hns-enabled': 'false' },
          },
        ],
      },
      {
        shows: said('It is answered: the firewall lets us in.', '有响应:防火墙允许我们访问。'),
        tells: { excludes: ['azure.net.firewall'] },
        answers: [
          {
            operation: 'GetAccountInformation',
            target: 'https://{account}/{container}',
            status: 200,
            headers: { 'x-ms-is-hns-enabled': 'true' },
          },
        ],
      },
      {
        // A SAS of any kind for the container may ask for it. https://learn.microsoft.com/rest/api/storageservices/get-account-information
        shows: said('It is refused in the same words: nobody comes in from here.', '以同样的措辞被拒绝:任何人都无法从此处进入。'),
        tells: { leaves: ['azure.net.firewall'] },
        answers: [
          {
            operation: 'GetAccountInformation',
            target: 'https://{account}/{container}',
            status: 403,
            message:
              '<Error><Code>AuthorizationFailure</Code><Message>This request is not authorized to perform this operation.</Message></Error>',
          },
        ],
      },
    ],
  },
]
