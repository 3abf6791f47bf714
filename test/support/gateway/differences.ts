import type { S3Call } from '@sluice/core'
import { negatedWithSeveralValues, negatedWithoutKey, nullAsTrue, variableAlone, withoutArnOperators } from './difference-conditions.ts'
import { abortAsUpload } from './difference-actions.ts'
import { bucketPolicyAlone } from './difference-accounts.ts'
import { accountAsItsUsers, anyExceptionExcepts, principalOfTheLastStatement } from './difference-principals.ts'
import { firstPlaceOnly } from './difference-wildcards.ts'
import { EVERYTHING, OWNER, type Question, type Scenario, type Statement } from './question.ts'

/** Where this gateway differs from AWS as AWS documents itself. */
export interface Difference {
  readonly name: string
  /** What AWS does instead, and where it says so. */
  readonly because: string
  /** The question whose answer by AWS's rules is the gateway's to the question given; `granted` where it does not ask at all. */
  readonly asGateway: (question: Question) => Question | 'granted'
  /** A call whose answer this difference turns, with AWS's. */
  readonly example: { readonly scenario: Scenario; readonly call: S3Call; readonly aws: 'allowed' | 'denied' }
}

const lake = 'arn:aws:s3:::lake'
const GET: S3Call = { operation: 'GetObject', bucket: 'lake', key: 'data/a.csv' }
const LIST: S3Call = { operation: 'ListObjectsV2', bucket: 'lake' }
const alice = `arn:aws:iam::${OWNER}:user/alice`

/** Every difference, in the order in which they are applied. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'limits what a bucket policy grants a session by how its last statement names the caller',
    because:
      'AWS: by the statement that grants; what names the role is limited by the session policy, what names the session is not: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session',
    asGateway: principalOfTheLastStatement,
    example: {
      scenario: {
        caller: 'reader',
        session: [{ Effect: 'Allow', Action: ['s3:ListBucket'], Resource: ['*'] }],
        bucket: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [`${lake}/*`] }],
      },
      call: GET,
      aws: 'allowed',
    },
  },
  {
    name: 'asks no permission for the headers of an upload',
    because:
      'AWS: "s3:PutObjectAcl is required if the request has x-amz-acl", https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html',
    asGateway: (question) => (question.action === 's3:PutObjectAcl' ? 'granted' : question),
    example: {
      scenario: { caller: 'alice', identity: [{ Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['*'] }] },
      call: { operation: 'PutObject', bucket: 'lake', key: 'data/new.csv', acl: 'private' },
      aws: 'denied',
    },
  },
  {
    name: 'asks a session policy for s3:PutObject where an upload is aborted',
    because:
      'AWS: s3:AbortMultipartUpload, as of every policy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions',
    asGateway: abortAsUpload,
    example: {
      scenario: { caller: 'reader', identity: EVERYTHING, session: [{ Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['*'] }] },
      call: { operation: 'AbortMultipartUpload', bucket: 'lake', key: 'data/part.csv' },
      aws: 'denied',
    },
  },
  {
    name: 'lets a bucket policy shut out the owner of the bucket from that policy',
    because:
      'AWS lets the root user of the owning account always repair it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html',
    asGateway: (question) =>
      question.caller === 'owner'
        ? { ...question, principal: { kind: 'user', arn: `arn:aws:iam::${OWNER}:user/owner` }, identity: EVERYTHING }
        : question,
    example: {
      scenario: { caller: 'owner', bucket: [{ Effect: 'Deny', Principal: '*', Action: ['s3:*'], Resource: [lake] }] },
      call: { operation: 'GetBucketPolicy', bucket: 'lake' },
      aws: 'allowed',
    },
  },
  {
    name: 'leaves access from another account to the bucket policy alone',
    because:
      'AWS asks both sides: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html. Here the resources of a policy are those of its own tenant.',
    asGateway: bucketPolicyAlone,
    example: {
      scenario: { caller: 'carol', bucket: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [`${lake}/*`] }] },
      call: GET,
      aws: 'denied',
    },
  },
  {
    name: 'gives a role’s session the name of the user who assumed it as aws:username',
    because:
      'AWS has that key for IAM users only: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-username',
    asGateway: (question) => {
      const user = question.caller === 'reader' ? 'broker' : undefined
      return user === undefined ? question : { ...question, context: { ...question.context, 'aws:username': user } }
    },
    example: {
      scenario: {
        caller: 'reader',
        identity: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { StringEquals: { 'aws:username': ['broker'] } } }],
      },
      call: GET,
      aws: 'denied',
    },
  },
  {
    name: 'takes an empty prefix for none',
    because:
      'AWS documents StringEquals on s3:prefix with "" for the listing of the root: https://docs.aws.amazon.com/AmazonS3/latest/userguide/walkthrough1.html',
    asGateway: ({ context, ...rest }) => {
      const { 's3:prefix': prefix, ...others } = context
      return { ...rest, context: prefix === '' ? others : context }
    },
    example: {
      scenario: {
        caller: 'alice',
        identity: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { StringEquals: { 's3:prefix': ['', 'data/'] } } }],
      },
      call: { ...LIST, prefix: '' },
      aws: 'allowed',
    },
  },
  {
    name: 'gives every upload of an object an ACL, an empty one where it has none',
    because:
      'AWS: the key is there when the header is: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html#example-object-operations',
    asGateway: (question) =>
      question.operation === 'PutObject' ? { ...question, context: { 's3:x-amz-acl': '', ...question.context } } : question,
    example: {
      scenario: {
        caller: 'alice',
        identity: [
          { Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { StringEqualsIfExists: { 's3:x-amz-acl': ['private'] } } },
        ],
      },
      call: { operation: 'PutObject', bucket: 'lake', key: 'data/new.csv' },
      aws: 'allowed',
    },
  },
  {
    name: 'gives every listing a number of keys',
    because:
      'AWS: the value is the one that the request carries: https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html#example-numeric-condition-operators',
    asGateway: (question) =>
      question.action === 's3:ListBucketVersions' || (question.action === 's3:ListBucket' && question.operation !== 'HeadBucket')
        ? { ...question, context: { 's3:max-keys': '1000', ...question.context } }
        : question,
    example: {
      scenario: {
        caller: 'alice',
        identity: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { NumericEquals: { 's3:max-keys': ['1000'] } } }],
      },
      call: LIST,
      aws: 'denied',
    },
  },
  {
    name: 'ends a * at the first place that has the character after it',
    because:
      'AWS: an asterisk represents any combination of zero or more characters: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html',
    asGateway: eachStatement(firstPlaceOnly),
    example: {
      scenario: { caller: 'alice', identity: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${lake}/*/b.csv`] }] },
      call: { ...GET, key: 'data/sub/b.csv' },
      aws: 'allowed',
    },
  },
  {
    name: 'never matches a statement with NotAction',
    because:
      'AWS: it matches everything except the specified list: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html',
    asGateway: eachStatement((statement) => (statement.NotAction === undefined ? [statement] : [])),
    example: {
      scenario: { caller: 'alice', identity: [{ Effect: 'Allow', NotAction: ['s3:DeleteObject'], Resource: ['*'] }] },
      call: GET,
      aws: 'allowed',
    },
  },
  {
    name: 'takes of a list with a variable in it the variable alone',
    because: 'AWS: a variable stands in any value: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html',
    asGateway: eachStatement(variableAlone),
    example: {
      scenario: {
        caller: 'alice',
        identity: [
          {
            Effect: 'Allow',
            Action: ['s3:*'],
            Resource: ['*'],
            Condition: { StringEquals: { 's3:prefix': ['data/', '${aws:username}'] } },
          },
        ],
      },
      call: { ...LIST, prefix: 'data/' },
      aws: 'allowed',
    },
  },
  {
    name: 'does not know the operators of ARNs: they never hold',
    because:
      'AWS has them: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN',
    asGateway: eachStatement(withoutArnOperators),
    example: {
      scenario: {
        caller: 'alice',
        identity: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { ArnLike: { 'aws:PrincipalArn': [alice] } } }],
      },
      call: GET,
      aws: 'allowed',
    },
  },
  {
    name: 'takes Null: false for Null: true',
    because:
      'AWS: "false (the key exists and its value is not null)": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null',
    asGateway: eachStatement(nullAsTrue),
    example: {
      scenario: {
        caller: 'alice',
        identity: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { Null: { 's3:prefix': ['false'] } } }],
      },
      call: GET,
      aws: 'denied',
    },
  },
  {
    name: 'does not let a negated operator hold without its key',
    because:
      'AWS: "If the key that you specify in a policy condition is not present in the request context … if the operator is negated, the condition is true": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html',
    asGateway: eachStatement(negatedWithoutKey),
    example: {
      scenario: {
        caller: 'alice',
        identity: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { StringNotEquals: { 's3:prefix': ['other/'] } } }],
      },
      call: GET,
      aws: 'allowed',
    },
  },
  {
    name: 'lets a negated operator hold when any one of its values differs',
    because:
      'AWS evaluates the values of a negated operator with NOR: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html',
    asGateway: eachStatement(negatedWithSeveralValues),
    example: {
      scenario: {
        caller: 'alice',
        identity: [
          { Effect: 'Allow', Action: ['s3:*'], Resource: ['*'], Condition: { StringNotEquals: { 'aws:username': ['alice', 'bob'] } } },
        ],
      },
      call: GET,
      aws: 'denied',
    },
  },
  {
    name: 'takes an account for its users, and not for the sessions of its roles',
    because:
      'AWS: naming the account delegates to its administrators, whose identity policies must allow: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts',
    asGateway: accountAsItsUsers,
    example: {
      scenario: {
        caller: 'alice',
        bucket: [
          { Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${OWNER}:root`] }, Action: ['s3:GetObject'], Resource: [`${lake}/*`] },
        ],
      },
      call: GET,
      aws: 'denied',
    },
  },
  {
    name: 'lets any one name in NotPrincipal except from a Deny',
    because:
      'AWS asks for the account beside the user, and for account, role and session: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html',
    asGateway: anyExceptionExcepts,
    example: {
      scenario: {
        caller: 'alice',
        identity: EVERYTHING,
        bucket: [{ Effect: 'Deny', NotPrincipal: { AWS: [alice] }, Action: ['s3:*'], Resource: [`${lake}/*`] }],
      },
      call: GET,
      aws: 'denied',
    },
  },
]

/** Puts what `rewrite` makes of it in the place of each statement of every policy. */
function eachStatement(rewrite: (statement: Statement, question: Question) => readonly Statement[]): Difference['asGateway'] {
  return (question) => {
    const rewritten = (statements: readonly Statement[]) => statements.flatMap((statement) => rewrite(statement, question))
    const { identity, session, bucket } = question
    return {
      ...question,
      ...(identity === undefined ? {} : { identity: rewritten(identity) }),
      ...(session === undefined ? {} : { session: rewritten(session) }),
      ...(bucket === undefined ? {} : { bucket: rewritten(bucket) }),
    }
  }
}
